//! Generators that yield generators cost no native stack: a hundred thousand run, panic and are
//! dropped on 2 MiB, what tokio gives a worker. In lists they are limited, and beyond that limit
//! there is a panic and no overflow. Run it in release too.
#![forbid(unsafe_code)]

use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Waker};
use std::thread;
use std::time::Duration;

use ::pipeline::{
    Account, Begun, Error, Exchange, Host, LeaseId, LogLine, Method, Pending, Record, Request, Work,
};
use generators::ask::{Routine, future};
use generators::co::{Drive, NESTED, co};
use generators::{Layer, compose, go, yield_};

const LEVELS: u32 = 100_000;

type Log = Arc<Mutex<Vec<u32>>>;

struct Guard(Log, u32);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.lock().expect("not poisoned").push(self.1);
    }
}

fn poll<T>(drive: &mut Drive<T>) -> Option<T> {
    match Pin::new(drive).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let small = thread::Builder::new().stack_size(2 * 1024 * 1024);
    small.spawn(run).expect("a thread").join().expect("a rule was broken");
}

/// A generator that yields the next one down to `innermost`. Each is made by the one around it.
fn made(level: u32, log: Log, innermost: fn() -> Routine<u32>) -> Routine<u32> {
    go!(co => {
        let _guard = Guard(log.clone(), level);
        let inner = if level > 1 { made(level - 1, log, innermost) } else { innermost() };
        yield_!(co, inner) + 1
    })
}

/// The same, of which each owns the one that it will yield.
fn owned(levels: u32, innermost: Routine<u32>) -> Routine<u32> {
    (0..levels).fold(innermost, |inner, _| go!(co => { yield_!(co, inner) + 1 }))
}

fn ends() -> Routine<u32> {
    go!(co => { yield_!(co, future(ready(0))) })
}

fn waits() -> Routine<u32> {
    go!(co => { yield_!(co, future(pending::<u32>())) })
}

fn panics() -> Routine<u32> {
    go!(co => {
        yield_!(co, future(ready(())));
        panic!("on purpose")
    })
}

#[test]
fn a_hundred_thousand_generators_that_yield_the_next_one_finish() {
    on_a_small_stack(|| {
        assert_eq!(poll(&mut co(made(LEVELS, Log::default(), ends))), Some(LEVELS));
        assert_eq!(poll(&mut co(owned(LEVELS, ends()))), Some(LEVELS));
    });
}

#[test]
fn a_hundred_thousand_generators_that_yield_the_next_one_are_dropped_innermost_first() {
    on_a_small_stack(|| {
        let log = Log::default();
        let mut drive = co(made(LEVELS, log.clone(), waits));
        assert_eq!(poll(&mut drive), None);
        assert!(log.lock().expect("not poisoned").is_empty());
        drop(drive);
        assert_eq!(*log.lock().expect("not poisoned"), Vec::from_iter(1..=LEVELS));
    });
}

#[test]
fn a_hundred_thousand_generators_that_own_the_next_one_are_dropped_wherever_they_are() {
    on_a_small_stack(|| {
        drop(owned(LEVELS, ends()));
        drop(co(owned(LEVELS, ends())));
        // The outer half is under way, the inner half is owned by what never began.
        let inner = owned(LEVELS / 2, ends());
        let middle = go!(co => { yield_!(co, future(pending::<u32>())) + yield_!(co, inner) });
        let mut drive = co(owned(LEVELS / 2, middle));
        assert_eq!(poll(&mut drive), None);
    });
}

#[test]
fn a_panic_goes_through_a_hundred_thousand_generators_innermost_first_and_is_contained() {
    on_a_small_stack(|| {
        let log = Log::default();
        let guards = log.clone();
        let inner = Layer::new("inner", move |ctx, _next| {
            let deep = made(LEVELS, guards.clone(), panics);
            go!(co => {
                yield_!(co, deep);
                (ctx, Ok(()))
            })
        });
        assert!(contained(inner));
        assert_eq!(*log.lock().expect("not poisoned"), Vec::from_iter(1..=LEVELS));
    });
}

#[test]
fn a_panic_drops_a_hundred_thousand_generators_that_never_began() {
    on_a_small_stack(|| {
        let inner = owned(LEVELS, ends());
        let outer: Routine<u32> = go!(co => {
            yield_!(co, panics());
            yield_!(co, inner)
        });
        let mut drive = co(outer);
        assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut drive))).is_err());
        drop(drive);
    });
}

/// Whether the onion contains the panic of this layer.
fn contained(inner: Layer) -> bool {
    let log = Arc::new(Mutex::new(None));
    let heard = log.clone();
    let outer = Layer::new("outer", move |ctx, next| {
        let heard = heard.clone();
        go!(co => {
            let (ctx, outcome) = yield_!(co, next.contained(ctx));
            *heard.lock().expect("not poisoned") = Some(matches!(outcome, Err(Error::Panicked)));
            (ctx, outcome)
        })
    });
    let (account, query) = (String::new(), String::new());
    let request = Request { method: Method::Get, account, query, body: Vec::new() };
    let onion = compose(vec![outer, inner]);
    let mut call = Box::pin(onion.handle(Arc::new(Idle), request));
    assert!(call.as_mut().poll(&mut Task::from_waker(Waker::noop())).is_ready());
    log.lock().expect("not poisoned").expect("the outer layer went on")
}

/// A list of one generator that yields a list of one, and so on. The driver of all is one more.
fn listed(levels: usize, innermost: fn() -> Routine<u32>) -> Routine<u32> {
    if levels == 0 {
        return innermost();
    }
    go!(co => { yield_!(co, vec![listed(levels - 1, innermost)])[0] + 1 })
}

const LISTS: usize = NESTED - 1;

#[test]
fn generators_in_lists_in_lists_run_and_are_dropped_up_to_the_limit() {
    on_a_small_stack(|| {
        assert_eq!(poll(&mut co(listed(LISTS, ends))), Some(LISTS as u32));
        let mut drive = co(listed(LISTS, waits));
        assert_eq!(poll(&mut drive), None);
    });
}

#[test]
fn generators_in_lists_in_lists_beyond_the_limit_are_a_panic_that_is_contained() {
    on_a_small_stack(|| {
        let mut drive = co(listed(LEVELS as usize, ends));
        let panic = catch_unwind(AssertUnwindSafe(|| poll(&mut drive))).expect_err("the limit");
        let said = panic.downcast::<String>().expect("a text");
        assert_eq!(*said, "more than 100 drivers within each other: lists in lists");
        let inner = Layer::new("inner", |ctx, _next| {
            go!(co => {
                yield_!(co, listed(LEVELS as usize, ends));
                (ctx, Ok(()))
            })
        });
        assert!(contained(inner));
        // The limit is that of what runs within each other, not of what ran before.
        assert_eq!(poll(&mut co(listed(LISTS, ends))), Some(LISTS as u32));
    });
}

/// A host that is not asked for anything.
struct Idle;

impl Host for Idle {
    fn account(&self, _name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::never()
    }

    fn begin(&self, _exchange: Exchange) -> Pending<Begun> {
        Pending::never()
    }

    fn commit(&self, _lease: LeaseId, _record: Record) -> Pending<()> {
        Pending::never()
    }

    fn abort(&self, _lease: LeaseId) -> Pending<()> {
        Pending::never()
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    fn spawn(&self, _work: Work) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        0
    }

    fn log(&self, _line: LogLine) {}

    fn release(&self, _lease: LeaseId) {}
}
