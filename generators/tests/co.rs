//! The test cases of co that can be translated. `co_17` is case 17 of `tj/co:test/*.js`, counted
//! from the top. Those from 44 on have no counterpart there. An error is a `Result` at the yield.
//!
//! Some of the other cases do not compile in Rust: yielding what cannot be yielded (CO-10, CO-35),
//! and a second result of a thunk (CO-30, `tests/misuse/pipeline/completed_twice.rs`).
#![forbid(unsafe_code)]

use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Waker};

use ::pipeline::{Completer, Failure, Fault, Operation, Pending};
use genawaiter::GeneratorState;
use generators::ask::{Answer, Routine, Yielded, future, thunk};
use generators::co::{Drive, co};
use generators::{go, yield_};

const FAILURE: Failure = Failure { operation: Operation::Sleep, fault: Fault::Transient };

type Log = Arc<Mutex<Vec<u32>>>;
type Fallible = Routine<Result<u32, Failure>>;

fn note(log: &Log, number: u32) {
    log.lock().expect("not poisoned").push(number);
}

fn noted(log: &Log) -> Vec<u32> {
    log.lock().expect("not poisoned").clone()
}

fn poll<T>(drive: &mut Drive<T>) -> Option<T> {
    match Pin::new(drive).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Drives a generator that waits for nothing.
fn run<T: Send + 'static>(routine: Routine<T>) -> T {
    poll(&mut co(routine)).expect("it waits for nothing")
}

fn operation() -> (Completer<u32>, Yielded<Pending<u32>>) {
    let (completer, pending) = Pending::new(Operation::Sleep);
    (completer, future(pending))
}

fn ended(ending: Result<u32, Failure>) -> Yielded<Pending<u32>> {
    thunk(move |completer| {
        assert!(completer.complete(ending));
    })
}

fn value(value: u32) -> Routine<u32> {
    go!(co => { yield_!(co, future(ready(value))) })
}

fn failing(log: &Log) -> Fallible {
    let log = log.clone();
    go!(co => {
        let value = yield_!(co, ended(Err(FAILURE)))?;
        note(&log, 9);
        Ok(value)
    })
}

#[test]
fn co_02_a_list_is_started_at_once_and_co_14_answered_in_its_order() {
    let log = Log::default();
    let (ends, list): (Vec<_>, Vec<_>) = (1..=3)
        .map(|number| {
            let (log, (end, pending)) = (log.clone(), operation());
            let started: Fallible = go!(co => {
                note(&log, number);
                yield_!(co, pending)
            });
            ((end, number), started)
        })
        .unzip();
    let mut drive = co(go!(co => { yield_!(co, list) }));
    assert_eq!(poll(&mut drive), None);
    assert_eq!(noted(&log), [1, 2, 3]);
    for (end, number) in ends.into_iter().rev() {
        assert_eq!(poll(&mut drive), None);
        assert!(end.complete(Ok(number)), "it is waited for");
    }
    assert_eq!(poll(&mut drive), Some(vec![Ok(1), Ok(2), Ok(3)]));
}

#[test]
fn co_03_an_empty_list_answers_at_once() {
    assert!(run(go!(co => { yield_!(co, Vec::<Routine<u32>>::new()) })).is_empty());
}

#[test]
fn co_04_a_list_may_hold_generators() {
    assert_eq!(run(go!(co => { yield_!(co, vec![value(1), value(2)]) })), [1, 2]);
}

#[test]
fn co_06_a_generator_may_be_yielded_and_co_07_its_error_arrives_at_the_yield() {
    assert_eq!(run(go!(co => { yield_!(co, value(1)) })), 1);
    let log = Log::default();
    let inner = failing(&log);
    assert_eq!(run(go!(co => { yield_!(co, inner).unwrap_or(7) })), 7);
    assert!(noted(&log).is_empty());
}

#[test]
fn co_08_a_driven_generator_may_be_yielded_and_co_09_its_error_arrives_at_the_yield() {
    assert_eq!(run(go!(co => { yield_!(co, future(co_of(value(1)))) })), 1);
    let inner = co_of(failing(&Log::default()));
    assert_eq!(run(go!(co => { yield_!(co, future(inner)) })), Err(FAILURE));
}

/// The function `co`, where a handle of the same name hides it.
fn co_of<T: Send + 'static>(routine: Routine<T>) -> Drive<T> {
    co(routine)
}

#[test]
fn co_11_different_questions_are_asked_in_parallel() {
    let (end, pending) = operation();
    let mut drive = co(go!(co => { yield_!(co, (pending, value(2))) }));
    assert_eq!(poll(&mut drive), None);
    assert!(end.complete(Ok(1)));
    assert_eq!(poll(&mut drive), Some((Ok(1), 2)));
}

#[test]
fn co_11_a_tuple_is_started_at_once_and_co_14_answered_in_its_order() {
    let ((first, one), (second, two)) = (operation(), operation());
    let log = Log::default();
    let last = log.clone();
    let mut drive = co(go!(co => {
        yield_!(co, (one, value(7), two, go!(_co => { note(&last, 4) })))
    }));
    assert_eq!(poll(&mut drive), None);
    assert_eq!(noted(&log), [4]);
    assert!(second.complete(Ok(2)));
    assert_eq!(poll(&mut drive), None);
    assert!(first.complete(Ok(1)));
    assert_eq!(poll(&mut drive), Some((Ok(1), 7, Ok(2), ())));
}

#[test]
fn co_15_one_future_and_co_16_several_are_answered_in_order() {
    let one = go!(co => { yield_!(co, future(ready(1))) });
    assert_eq!(run(one), 1);
    let several = go!(co => {
        [yield_!(co, future(ready(1))), yield_!(co, future(ready(2))), yield_!(co, value(3))]
    });
    assert_eq!(run(several), [1, 2, 3]);
}

#[test]
fn co_17_a_failure_arrives_at_the_yield_and_the_generator_goes_on() {
    let (end, pending) = operation();
    let mut drive = co(go!(co => {
        let failed = yield_!(co, pending);
        (failed, yield_!(co, future(ready(1))))
    }));
    assert_eq!(poll(&mut drive), None);
    assert!(end.complete(Err(FAILURE)));
    assert_eq!(poll(&mut drive), Some((Err(FAILURE), 1)));
}

#[test]
fn co_19_a_body_that_never_yields_returns_its_value() {
    assert_eq!(run(go!(_co => { 1 })), 1);
}

#[test]
fn co_23_lists_in_lists_keep_their_shape() {
    let nested = vec![vec![value(1), value(2)], vec![], vec![value(3)]];
    let answer = run(go!(co => { yield_!(co, nested) }));
    assert_eq!(answer, [vec![1, 2], vec![], vec![3]]);
}

#[test]
fn co_25_a_body_without_a_thunk_ends_where_it_ends() {
    let log = Log::default();
    let body = log.clone();
    let mut drive = co(go!(_co => { note(&body, 1) }));
    assert_eq!(poll(&mut drive), Some(()), "at the first poll");
    assert_eq!(noted(&log), [1]);
}

#[test]
fn co_26_one_thunk_and_co_27_several_are_answered_in_order() {
    assert_eq!(run(go!(co => { yield_!(co, ended(Ok(1))) })), Ok(1));
    let several = go!(co => { (yield_!(co, ended(Ok(1))), yield_!(co, ended(Ok(2)))) });
    assert_eq!(run(several), (Ok(1), Ok(2)));
}

#[test]
fn co_27_a_thunk_may_be_completed_in_a_later_turn() {
    let kept = Arc::new(Mutex::new(None));
    let keep = kept.clone();
    let mut drive = co(go!(co => {
        yield_!(co, thunk::<u32>(move |completer| *keep.lock().expect("not poisoned") = Some(completer)))
    }));
    assert_eq!(poll(&mut drive), None);
    let completer = kept.lock().expect("not poisoned").take().expect("it was started");
    assert!(completer.complete(Ok(1)));
    assert_eq!(poll(&mut drive), Some(Ok(1)));
}

#[test]
fn co_28_several_results_are_a_tuple() {
    let start = |completer: Completer<(u32, u32)>| assert!(completer.complete(Ok((1, 2))));
    assert_eq!(run(go!(co => { yield_!(co, thunk(start)) })), Ok((1, 2)));
}

#[test]
fn co_29_a_thunk_that_fails_while_it_is_started_fails_at_the_yield() {
    let abandoned = Failure { fault: Fault::Abandoned, ..FAILURE };
    assert_eq!(run(go!(co => { yield_!(co, thunk::<u32>(drop)) })), Err(abandoned));
}

#[test]
fn co_31_a_thunk_that_fails_fails_at_the_yield_and_the_generator_goes_on() {
    let routine = go!(co => { (yield_!(co, ended(Err(FAILURE))), yield_!(co, ended(Ok(1)))) });
    assert_eq!(run(routine), (Err(FAILURE), Ok(1)));
}

#[test]
fn co_32_generators_in_generators_run_in_order() {
    let log = Log::default();
    let (outer, inner) = (log.clone(), log.clone());
    run(go!(co => {
        note(&outer, 1);
        yield_!(co, go!(co => {
            note(&inner, 2);
            yield_!(co, value(0));
            note(&inner, 3);
        }));
        note(&outer, 4);
    }));
    assert_eq!(noted(&log), [1, 2, 3, 4]);
}

#[test]
fn co_33_the_result_of_the_body_is_the_drivers_and_co_34_that_of_an_inner_one_the_yields() {
    let inner = go!(co => { yield_!(co, value(1)) + 1 });
    assert_eq!(run(go!(co => { yield_!(co, inner) + 1 })), 3);
}

#[test]
fn co_36_each_of_two_failures_arrives_at_its_yield() {
    let other = Failure { fault: Fault::Permanent, ..FAILURE };
    let routine = go!(co => {
        (yield_!(co, ended(Err(FAILURE))), yield_!(co, ended(Err(other))))
    });
    assert_eq!(run(routine), (Err(FAILURE), Err(other)));
}

#[test]
fn co_37_each_of_two_thunks_that_fail_while_they_are_started_fails_at_its_yield() {
    let abandoned = Failure { fault: Fault::Abandoned, ..FAILURE };
    let routine = go!(co => {
        let first = yield_!(co, thunk::<u32>(drop));
        (first, yield_!(co, thunk::<u32>(drop)))
    });
    assert_eq!(run(routine), (Err(abandoned), Err(abandoned)));
}

#[test]
fn co_38_an_error_in_a_later_turn_ends_the_body() {
    let log = Log::default();
    let (end, pending) = operation();
    let after = log.clone();
    let routine: Fallible = go!(co => {
        note(&after, yield_!(co, value(1)));
        let value = yield_!(co, pending)?;
        note(&after, 9);
        Ok(value)
    });
    let mut drive = co(routine);
    assert_eq!(poll(&mut drive), None);
    assert!(end.complete(Err(FAILURE)));
    assert_eq!(poll(&mut drive), Some(Err(FAILURE)));
    assert_eq!(noted(&log), [1]);
}

#[test]
fn co_39_an_error_that_comes_at_once_ends_the_body() {
    let log = Log::default();
    assert_eq!(run(failing(&log)), Err(FAILURE));
    assert!(noted(&log).is_empty());
}

#[test]
fn co_40_an_error_before_the_first_yield_ends_the_body() {
    let log = Log::default();
    let after = log.clone();
    let routine: Fallible = go!(co => {
        Err(FAILURE)?;
        note(&after, 9);
        Ok(yield_!(co, value(1)))
    });
    assert_eq!(run(routine), Err(FAILURE));
    assert!(noted(&log).is_empty());
}

#[test]
fn co_44_nothing_happens_before_the_first_poll() {
    let log = Log::default();
    let start = log.clone();
    let mut drive = co(go!(_co => { note(&start, 1) }));
    assert!(noted(&log).is_empty());
    assert_eq!(poll(&mut drive), Some(()));
    assert_eq!(noted(&log), [1]);
}

#[test]
fn co_45_a_failure_in_a_list_neither_cancels_the_others_nor_loses_their_answers() {
    let (end, pending) = operation();
    let mut drive = co(go!(co => { yield_!(co, vec![pending, ended(Err(FAILURE))]) }));
    assert_eq!(poll(&mut drive), None);
    assert!(end.complete(Ok(1)), "it is still waited for");
    assert_eq!(poll(&mut drive), Some(vec![Ok(1), Err(FAILURE)]));
}

#[test]
fn co_45_a_failure_in_a_tuple_neither_cancels_the_others_nor_loses_their_answers() {
    let ((first, one), (last, three)) = (operation(), operation());
    let mut drive = co(go!(co => { yield_!(co, (one, ended(Err(FAILURE)), three)) }));
    assert_eq!(poll(&mut drive), None);
    assert!(last.complete(Ok(3)), "it is still waited for");
    assert_eq!(poll(&mut drive), None);
    assert!(first.complete(Ok(1)), "it is still waited for");
    assert_eq!(poll(&mut drive), Some((Ok(1), Err(FAILURE), Ok(3))));
}

#[test]
fn co_46_a_hundred_thousand_yields_that_are_answered_at_once_end() {
    let routine = go!(co => {
        let mut sum = 0_u64;
        for number in 0..100_000_u64 {
            sum += yield_!(co, future(ready(number)));
        }
        sum
    });
    assert_eq!(run(routine), 4_999_950_000);
}

#[test]
fn co_47_a_generator_that_is_not_yielded_does_nothing() {
    let log = Log::default();
    let inner = log.clone();
    run(go!(_co => { drop(go!(_co => { note(&inner, 9) })) }));
    assert!(noted(&log).is_empty());
}

struct Guard(Log, u32);

impl Drop for Guard {
    fn drop(&mut self) {
        note(&self.0, self.1);
    }
}

#[test]
fn co_48_a_suspended_generator_that_is_dropped_runs_its_destructors_innermost_first() {
    let log = Log::default();
    let (outer, inner) = (Guard(log.clone(), 2), Guard(log.clone(), 1));
    let (_end, pending) = operation();
    let mut drive = co(go!(co => {
        let _outer = outer;
        yield_!(co, go!(co => {
            let _inner = inner;
            yield_!(co, pending)
        }))
    }));
    assert_eq!(poll(&mut drive), None);
    assert!(noted(&log).is_empty());
    drop(drive);
    assert_eq!(noted(&log), [1, 2]);
}

#[test]
fn co_49_an_answer_that_is_there_already_is_taken_without_the_driver() {
    let routine = go!(co => { yield_!(co, Pending::ready(())) });
    let resumed = routine.start().resume_with(Answer::Start);
    assert!(matches!(resumed, GeneratorState::Complete(Ok(()))));
}
