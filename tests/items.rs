//! Public items of the styles that the pipeline of the study uses only in part, or not at all: the
//! steps, turns and domains of callbacks, the streams and races of generators, the links of
//! promises, the parts of async/await.

mod styles;

use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Waker};

use ::pipeline::{Class, Context, Error, Failure, Fault, Operation, Pending, Response};
use futures::{FutureExt, Stream};
use styles::desk::{Desk, Guard, Told, note, wait};
use styles::request;

type Log = Arc<Mutex<Vec<u32>>>;

fn add(log: &Log, number: u32) {
    log.lock().expect("whole").push(number);
}

fn added(log: &Log) -> Vec<u32> {
    log.lock().expect("whole").clone()
}

fn context(desk: &Arc<Desk>) -> Box<Context> {
    Box::new(Context::new(desk.clone(), request()))
}

/// Panics without a message on the screen.
fn panic_quietly() -> ! {
    resume_unwind(Box::new("injected"))
}

fn poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    match Pin::new(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// A future that holds its captures until it is dropped, as one written by hand may. A block drops
/// them at its end.
struct Holds<T>(Option<T>, #[expect(dead_code, reason = "it is dropped")] Guard);

impl<T: Unpin> Future for Holds<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _task: &mut Task<'_>) -> Poll<T> {
        Poll::Ready(self.0.take().expect("polled once"))
    }
}

fn guard(ctx: &Context) -> Guard {
    Guard { origin: Arc::clone(ctx.origin()), number: 9 }
}

/// What is told when the only layer is made of a future that holds its captures.
const HELD: [Told; 4] = [Told::Enter, Told::Note(9), Told::Leave(Class::Done), Told::Reply(500)];

mod callbacks_ {
    use callbacks::compose::{Bounce, Domain, Done, drive, turn};

    use super::*;

    /// A continuation that notes 1, or 1000 and the status of its error.
    fn last(log: &Log, number: u32) -> Done {
        let log = Arc::clone(log);
        Done::last(move |error, _ctx| {
            add(&log, number + error.map_or(0, |error| 1000 * u32::from(error.status())));
        })
    }

    fn domain(done: &Done) -> Arc<Domain> {
        done.domain().expect("it is contained")
    }

    fn step(of: Option<Arc<Domain>>, run: impl FnOnce() -> Bounce + Send + 'static) -> Bounce {
        Bounce::Step(Box::new(run), of)
    }

    #[test]
    fn a_panic_in_a_step_is_reported_to_the_domain_of_the_step() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let done = last(&log, 1).contained(context(&desk).origin());
        let of = domain(&done);
        // It is the first step of a turn that knows no domain.
        drive(step(Some(of), move || {
            let _held = done;
            panic_quietly()
        }));
        assert_eq!(added(&log), [500_001]);
    }

    #[test]
    fn a_panic_in_a_step_is_not_reported_to_the_domain_of_the_step_before() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let ctx = context(&desk);
        let done = |number| last(&log, number).contained(ctx.origin());
        let (first, second) = (done(1), done(2));
        let (of_first, of_second) = (domain(&first), domain(&second));
        drive(step(Some(of_first), move || {
            step(Some(of_second), move || {
                let _held = second;
                panic_quietly()
            })
        }));
        assert_eq!(added(&log), [500_002], "the first is still held");
        drive(first.call(None, ctx));
        assert_eq!(added(&log), [500_002, 1]);
    }

    #[test]
    fn a_panic_in_a_step_without_a_domain_ends_nothing_but_the_step() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let ctx = context(&desk);
        let done = last(&log, 1).contained(ctx.origin());
        let of = domain(&done);
        drive(step(Some(of), || step(None, || panic_quietly())));
        assert_eq!(added(&log), [0_u32; 0]);
        drive(done.call(None, ctx));
        assert_eq!(added(&log), [1]);
    }

    #[test]
    fn a_domain_is_settled_once_by_whoever_comes_first() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let done = last(&log, 1).contained(context(&desk).origin());
        let of = domain(&done);
        let settled = of.settle().expect("the first");
        assert!(of.settle().is_none());
        drive(done.call(None, context(&desk))); // it comes too late
        assert!(added(&log).is_empty());
        drive(settled.call(Some(Error::UnknownAccount), context(&desk)));
        assert_eq!(added(&log), [404_001]);
    }

    #[test]
    fn the_timer_of_a_race_is_cancelled_with_the_race_and_at_once_when_it_is_over() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let done = last(&log, 1).contained(context(&desk).origin());
        let of = domain(&done);
        let timer = |number| {
            let (completer, pending) = Pending::new(Operation::Sleep);
            let log = Arc::clone(&log);
            (completer, pending.subscribe(move |_| add(&log, number)))
        };
        let (kept, waits) = timer(2);
        of.keep(waits);
        assert!(kept.is_wanted());
        drive(done.call(None, context(&desk)));
        assert!(!kept.is_wanted());
        let (late, waits) = timer(3);
        of.keep(waits);
        assert!(!late.is_wanted());
        assert_eq!(added(&log), [1]);
    }

    #[test]
    fn a_turn_begins_after_the_one_that_is_running_and_its_panic_is_its_own() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let done = last(&log, 3).contained(context(&desk).origin());
        let of = domain(&done);
        let inside = Arc::clone(&log);
        turn(None, move || {
            turn(Some(of), || panic_quietly());
            add(&inside, 1);
            let inside = Arc::clone(&inside);
            step(None, move || {
                add(&inside, 2);
                Bounce::Rest
            })
        });
        assert_eq!(added(&log), [1, 2, 500_003]);
        drop(done);
    }

    #[test]
    fn a_wait_that_ends_later_goes_on_in_a_turn_whose_panic_is_reported() {
        for held in [0..0, 0..1] {
            let (log, desk) = (Log::default(), Desk::holding(held));
            let ctx = context(&desk);
            let done = last(&log, 1).contained(ctx.origin());
            drive(step(done.domain(), move || done.wait(wait(&ctx), |_, _done| panic_quietly())));
            desk.complete();
            assert_eq!(added(&log), [500_001]);
        }
    }

    #[test]
    fn a_continuation_that_is_dropped_drops_its_captures_innermost_first_and_calls_nothing() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let guard =
            |number| styles::desk::Guard { origin: Arc::clone(context(&desk).origin()), number };
        let mut done = last(&log, 1);
        for number in 1..=3 {
            let guard = guard(number);
            done = done.after(move |error, ctx, done| {
                drop(guard);
                done.call(error, ctx)
            });
            if number == 2 {
                done = done.contained(context(&desk).origin());
            }
        }
        drop(done);
        assert_eq!(desk.log(), [3, 2, 1]);
        assert!(added(&log).is_empty());
    }
}

mod generators_ {
    use generators::compose::{First, Layer, compose, race};
    use generators::replies::replies;
    use generators::{go, yield_};

    use super::*;

    fn next<S: Stream>(stream: &mut Pin<Box<S>>) -> Option<Option<S::Item>> {
        match stream.as_mut().poll_next(&mut Task::from_waker(Waker::noop())) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_layer_is_left_after_its_generator_was_dropped_with_all_that_it_holds() {
        let desk = Desk::tracing(..);
        let onion = compose(vec![Layer::new("layer", |ctx, _next| {
            let guard = guard(&ctx);
            generators::ask::routine(move |_co| Holds(Some((ctx, Ok(()))), guard))
        })]);
        drop(poll(&mut onion.handle(desk.clone(), request()).boxed()));
        assert_eq!(desk.order(), HELD);
    }

    #[test]
    fn replies_begins_the_next_request_when_the_last_reply_was_taken() {
        for held in [0..0, 0..3] {
            let waits = !held.is_empty();
            let desk = Desk::holding(held);
            // Notes 1 and 2 at the begin and the end of a request, and 3 when one is fetched.
            let onion = compose(vec![Layer::new("layer", |mut ctx, _next| {
                go!(co => {
                    note(&ctx, 1);
                    let ended = yield_!(co, wait(&ctx));
                    note(&ctx, 2);
                    ctx.response = Some(Response::text(200, ""));
                    (ctx, ended.map_err(Into::into))
                })
            })]);
            let fetched = desk.clone();
            let requests = (0..3).map(move |_| {
                note(&context(&fetched), 3);
                request()
            });
            let mut stream = Box::pin(replies(onion, desk.clone(), requests));
            let mut log = Vec::new();
            assert_eq!(desk.log(), log, "nothing happens before it is polled");
            for _ in 0..3 {
                if waits {
                    assert_eq!(next(&mut stream), None);
                    assert_eq!(desk.log(), [&log[..], &[3, 1]].concat());
                    assert_eq!(next(&mut stream), None, "polled in vain");
                    assert!(desk.complete());
                }
                let reply = next(&mut stream).expect("it is ready").expect("it is not the end");
                assert_eq!(reply.status, 200);
                log.extend([3, 1, 2]);
                assert_eq!(desk.log(), log, "the next has not begun");
                assert!(!desk.complete(), "and waits for nothing");
            }
            assert_eq!(next(&mut stream), Some(None));
            assert_eq!(desk.log(), log);
        }
    }

    #[test]
    fn replies_that_are_no_longer_wanted_cancel_the_request_under_way_and_begin_no_other() {
        let desk = Desk::holding(..);
        let onion = compose(vec![Layer::new("layer", |ctx, _next| {
            go!(co => {
                let _guard = Guard { origin: Arc::clone(ctx.origin()), number: 9 };
                note(&ctx, 1);
                let ended = yield_!(co, wait(&ctx));
                (ctx, ended.map_err(Into::into))
            })
        })]);
        let mut stream = Box::pin(replies(onion, desk.clone(), vec![request(), request()]));
        assert_eq!(next(&mut stream), None);
        drop(stream);
        assert_eq!(desk.log(), [1, 9]);
    }

    #[test]
    fn the_first_of_a_race_counts_and_the_other_is_handed_back_as_it_is() {
        let (one_end, one) = Pending::new(Operation::Sleep);
        let (two_end, two) = Pending::new(Operation::Sleep);
        let mut both = race(one, two);
        assert!(poll(&mut both).is_none());
        assert!(two_end.complete(Ok(2)));
        let Some(First::Two(Ok(2), mut one)) = poll(&mut both) else {
            panic!("the second is first")
        };
        assert!(one_end.is_wanted(), "it still waits");
        assert!(one_end.complete(Ok(1)));
        assert_eq!(poll(&mut one), Some(Ok(1)));
        let tie = poll(&mut race(Pending::ready(1), Pending::ready(2)));
        assert!(matches!(tie, Some(First::One(Ok(1), _))), "in a tie the first counts");
    }

    #[test]
    fn a_race_that_is_dropped_drops_both() {
        let (one_end, one) = Pending::<u8>::new(Operation::Sleep);
        let (two_end, two) = Pending::<u8>::new(Operation::Sleep);
        let mut both = race(one, two);
        assert!(poll(&mut both).is_none());
        drop(both);
        assert!(!one_end.is_wanted() && !two_end.is_wanted());
    }

    #[test]
    #[should_panic(expected = "polled after it was over")]
    fn a_race_is_over_once() {
        let mut both = race(Pending::ready(1), Pending::ready(2));
        drop(poll(&mut both));
        drop(poll(&mut both));
    }
}

mod promises_ {
    use promises::compose::{Layer, Promise, PromiseExt, Rejection, attempt, compose, follow};

    use super::*;

    const FAILURE: Failure = Failure { operation: Operation::Sleep, fault: Fault::Transient };

    fn rejected(error: Error, desk: &Arc<Desk>) -> Promise<u8> {
        Promise::reject(error, context(desk))
    }

    #[test]
    fn a_layer_is_left_after_its_chain_was_dropped_with_all_that_it_holds() {
        let desk = Desk::tracing(..);
        let onion = compose(vec![Layer::new("layer", |ctx, _next| {
            let guard = guard(&ctx);
            Holds(Some(Ok(ctx)), guard).promise()
        })]);
        drop(poll(&mut onion.handle(desk.clone(), request()).boxed()));
        assert_eq!(desk.order(), HELD);
    }

    #[test]
    fn a_link_of_a_settled_promise_runs_at_once_and_after_a_rejection_none_runs() {
        let (log, desk) = (Log::default(), Desk::holding(..));
        let inside = Arc::clone(&log);
        let mut chain = Promise::resolve(1).and_then(move |value| {
            add(&inside, value);
            Promise::resolve(value + 1)
        });
        assert_eq!(added(&log), [1]);
        assert!(matches!(poll(&mut chain), Some(Ok(2))));
        let inside = Arc::clone(&log);
        let mut chain = rejected(Error::UnknownAccount, &desk).and_then(move |_| {
            add(&inside, 9);
            Promise::resolve(9)
        });
        let Some(Err(Rejection { error, .. })) = poll(&mut chain) else { panic!("resolved") };
        assert_eq!((error.status(), added(&log)), (404, vec![1]));
    }

    #[test]
    fn a_link_of_a_promise_that_waits_runs_when_the_operation_ends() {
        for ending in [Ok(7), Err(FAILURE)] {
            let log = Log::default();
            let desk = Desk::holding(..);
            let (end, pending) = Pending::new(Operation::Sleep);
            let origin = context(&desk);
            let waits = Promise::<u32>::operation(pending, move |ended| match ended {
                Ok(value) => Promise::resolve(value),
                Err(failure) => Promise::reject(failure.into(), origin),
            });
            let inside = Arc::clone(&log);
            let mut chain = waits.and_then(move |value| {
                add(&inside, value);
                Promise::resolve(value)
            });
            assert!(poll(&mut chain).is_none());
            assert!(added(&log).is_empty());
            assert!(end.complete(ending));
            let settled = poll(&mut chain).expect("settled");
            match settled {
                Ok(value) => assert_eq!((ending, added(&log)), (Ok(value), vec![7])),
                Err(Rejection { error, .. }) => {
                    assert_eq!(error.class(), Class::Failed(Fault::Transient));
                    assert!(ending.is_err() && added(&log).is_empty());
                }
            }
        }
    }

    #[test]
    fn an_operation_that_is_ready_goes_on_at_once() {
        let log = Log::default();
        let inside = Arc::clone(&log);
        let mut chain = Promise::<u32>::operation(Pending::ready(7), move |ended| {
            add(&inside, ended.expect("a value"));
            Promise::resolve(8)
        });
        assert_eq!(added(&log), [7]);
        assert!(matches!(poll(&mut chain), Some(Ok(8))));
    }

    #[test]
    fn a_rule_resolves_with_the_context_and_its_value_or_rejects_with_the_context() {
        let desk = Desk::holding(..);
        let changed = |ctx: &mut Context| ctx.revision += 1;
        let mut good = attempt(context(&desk), |ctx| {
            changed(ctx);
            Ok(7)
        });
        let Some(Ok((ctx, 7))) = poll(&mut good) else { panic!("rejected") };
        let mut bad = follow(ctx, |ctx| {
            changed(ctx);
            Err(Error::UnknownAccount)
        });
        let Some(Err(Rejection { error, ctx })) = poll(&mut bad) else { panic!("resolved") };
        assert_eq!((error.status(), ctx.revision), (404, 2));
        let mut good = follow(ctx, |ctx| {
            changed(ctx);
            Ok(())
        });
        assert!(matches!(poll(&mut good), Some(Ok(ctx)) if ctx.revision == 3));
    }

    #[test]
    fn a_promise_that_is_dropped_drops_what_it_waits_for() {
        let (end, pending) = Pending::<()>::new(Operation::Sleep);
        let chain = pending.map(|_| Ok::<u8, Rejection>(1)).promise();
        assert!(end.is_wanted());
        drop(chain);
        assert!(!end.is_wanted());
    }

    #[test]
    #[should_panic(expected = "polled after it was ready")]
    fn a_promise_is_settled_once() {
        let mut settled = Promise::resolve(1);
        drop(poll(&mut settled));
        drop(poll(&mut settled));
    }
}

mod async_await_ {
    use ::pipeline::Outcome;
    use four_ways::async_await::compose::{Layer, Next, compose};

    use super::*;

    async fn inner(ctx: &mut Context, _next: Next<'_>) -> Outcome {
        note(ctx, 2);
        wait(ctx).await?;
        note(ctx, 3);
        ctx.response = Some(Response::text(201, ""));
        Ok(())
    }

    #[test]
    fn a_layer_is_left_after_its_future_was_dropped_with_all_that_it_holds() {
        let desk = Desk::tracing(..);
        let onion = compose(vec![Layer::capturing("layer", |ctx, _next| {
            Holds(Some(Ok(())), guard(ctx)).boxed()
        })]);
        drop(poll(&mut onion.handle(desk.clone(), request()).boxed_local()));
        assert_eq!(desk.order(), HELD);
    }

    #[test]
    fn what_is_detached_takes_the_context_along_and_leaves_a_fresh_one() {
        let desk = Desk::holding(..);
        let seen = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&seen);
        let outer = Layer::capturing("outer", move |ctx, next| {
            let keep = Arc::clone(&keep);
            ctx.revision = 5;
            let rest = next.detached(ctx).boxed();
            async move {
                assert_eq!(ctx.revision, 0, "a fresh one");
                *keep.lock().expect("whole") = Some(rest);
                ctx.response = Some(Response::text(200, ""));
                Ok(())
            }
            .boxed()
        });
        let onion = compose(vec![outer, Layer::new("inner", inner)]);
        let mut call = onion.handle(desk.clone(), request()).boxed_local();
        assert_eq!(poll(&mut call).map(|reply| reply.status), Some(200));
        drop(call);
        assert!(desk.log().is_empty(), "what is detached waits for its first poll");
        let mut rest = seen.lock().expect("whole").take().expect("kept");
        assert!(poll(&mut rest).is_none());
        assert!(desk.complete());
        let (ctx, outcome) = poll(&mut rest).expect("ended");
        assert!(outcome.is_ok());
        assert_eq!((ctx.revision, ctx.response.map(|reply| reply.status)), (5, Some(201)));
        assert_eq!(desk.log(), [2, 3]);
    }

    #[test]
    fn a_panic_in_what_is_detached_is_its_outcome() {
        let desk = Desk::holding(..);
        let seen = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&seen);
        let outer = Layer::capturing("outer", move |ctx, next| {
            *keep.lock().expect("whole") = Some(next.detached(ctx).boxed());
            async { Ok(()) }.boxed()
        });
        let bomb = Layer::capturing("bomb", |_ctx, _next| panic_quietly());
        let onion = compose(vec![outer, bomb]);
        drop(poll(&mut onion.handle(desk.clone(), request()).boxed_local()));
        let mut rest = seen.lock().expect("whole").take().expect("kept");
        let (_, outcome) = poll(&mut rest).expect("ended");
        assert!(matches!(outcome, Err(Error::Panicked)));
    }
}
