//! The race of the layers against a timer, as the layer `deadline` of the callbacks runs it: both
//! may end at the same time, on two threads.

use std::panic::resume_unwind;
use std::time::Duration;

use pipeline::{
    Account, Begun, Context, Error, Exchange, Host, LeaseId, LogLine, Method, Operation, Record,
    Request, Work,
};
use shuttle::sync::Arc;
use shuttle::thread;

use super::source::compose::{Bounce, Domain, Done, drive, turn};
use super::source::pending::{Completer, Pending};
use crate::explore::models;
use crate::waits::{Captured, Told};

models![
    a_race_of_layers_and_timer_ends_once,
    a_timer_is_not_kept_when_the_layers_have_ended,
    a_panic_in_a_later_turn_and_a_timer_end_a_race_once,
];

/// No layer of these models asks the host for anything.
struct Nothing;

impl Host for Nothing {
    fn account(&self, _: &str) -> pipeline::Pending<Option<Arc<Account>>> {
        pipeline::Pending::never()
    }

    fn begin(&self, _: Exchange) -> pipeline::Pending<Begun> {
        pipeline::Pending::never()
    }

    fn commit(&self, _: LeaseId, _: Record) -> pipeline::Pending<()> {
        pipeline::Pending::never()
    }

    fn abort(&self, _: LeaseId) -> pipeline::Pending<()> {
        pipeline::Pending::never()
    }

    fn sleep(&self, _: Duration) -> pipeline::Pending<()> {
        pipeline::Pending::never()
    }

    fn spawn(&self, _: Work) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        0
    }

    fn log(&self, _: LogLine) {}

    fn release(&self, _: LeaseId) {}
}

/// What a race ended with.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Layers,
    Timer,
    Panicked,
}

/// A race under way: the ends of the timer and of the operation of the layers.
struct Race {
    domain: Arc<Domain>,
    timer: Completer<()>,
    operation: Completer<()>,
    ended: Told<End>,
}

/// Begins a race. The layers wait for an operation, and then run `layers`.
fn race(layers: fn(Box<Context>, Done) -> Bounce) -> Race {
    let (race, keep) = unkept(layers);
    keep();
    race
}

/// The same, before the timer is kept.
fn unkept(layers: fn(Box<Context>, Done) -> Bounce) -> (Race, impl FnOnce()) {
    let ended = Told::default();
    let (tell, captured) = (ended.clone(), Captured);
    let done = Done::last(move |error, ctx| {
        let _captured = captured;
        tell.tell(match error {
            Some(Error::Panicked) => End::Panicked,
            _ if ctx.kind == "timer" => End::Timer,
            _ => End::Layers,
        });
    });
    let ctx = Box::new(Context::new(Arc::new(Nothing), request()));
    let origin = Arc::clone(ctx.origin());
    let done = done.contained(&origin);
    let domain = done.domain().expect("it is contained");
    let ((timer, sleep), (operation, pending)) =
        (Pending::new(Operation::Sleep), Pending::new(Operation::Begin));
    drive(done.wait(pending, move |_, done| layers(ctx, done)));
    let race = Race { domain: Arc::clone(&domain), timer, operation, ended };
    let keep = move || {
        let (told, captured) = (Arc::clone(&domain), Captured);
        let expire = move |ended: Result<(), _>| {
            let _captured = captured;
            let Ok(()) = ended else { return };
            turn(None, move || match told.settle() {
                Some(done) => {
                    let mut ctx = Context::of(&origin);
                    ctx.kind = "timer";
                    done.call(None, Box::new(ctx))
                }
                None => Bounce::Rest,
            });
        };
        domain.keep(sleep.subscribe(expire));
    };
    (race, keep)
}

fn request() -> Request {
    Request { method: Method::Post, account: "demo".into(), query: String::new(), body: Vec::new() }
}

fn a_race_of_layers_and_timer_ends_once() {
    let Race { timer, operation, ended, .. } = race(|ctx, done| done.call(None, ctx));
    let layers = thread::spawn(move || assert!(operation.complete(Ok(()))));
    let in_time = !timer.complete(Ok(()));
    let first = ended.wait(1);
    if in_time {
        assert_eq!(first, [End::Layers], "the timer was cancelled");
    }
    layers.join().expect("no panic");
    assert_eq!((first.len(), ended.wait(0)), (1, vec![]));
}

fn a_timer_is_not_kept_when_the_layers_have_ended() {
    let (race, keep) = unkept(|ctx, done| done.call(None, ctx));
    let Race { timer, operation, ended, .. } = race;
    let layers = thread::spawn(move || assert!(operation.complete(Ok(()))));
    keep();
    assert_eq!(ended.wait(1), [End::Layers]);
    layers.join().expect("no panic");
    assert!(!timer.is_wanted(), "the timer is still armed");
}

fn a_panic_in_a_later_turn_and_a_timer_end_a_race_once() {
    let Race { domain, timer, operation, ended } = race(|_, _| resume_unwind(Box::new("injected")));
    let layers = thread::spawn(move || {
        assert!(operation.complete(Ok(())));
        assert!(domain.settle().is_none(), "the panic was not reported");
    });
    let in_time = !timer.complete(Ok(()));
    let first = ended.wait(1);
    if in_time {
        assert_eq!(first, [End::Panicked], "the timer was cancelled");
    }
    layers.join().expect("no panic");
    assert_eq!((first.len(), ended.wait(0)), (1, vec![]));
}
