//! An operation that the host completes on one thread, while the code that waits for it polls,
//! subscribes, cancels or is dropped on another.

use std::pin::Pin;
use std::task::Context;

use pipeline::{Failure, Fault, Operation};
use shuttle::thread;

use super::source::pending::Pending;
use crate::explore::models;
use crate::waits::{Captured, Told, wait_for, waker};

models![
    a_task_that_waits_gets_the_result,
    a_task_that_waits_under_another_waker_gets_the_result,
    a_callback_is_told_once,
    a_callback_that_is_cancelled_is_told_or_dropped,
    a_callback_that_is_discarded_is_told_or_dropped,
    a_result_that_must_not_be_lost_is_taken_or_given_back,
    a_task_whose_operation_is_abandoned_hears_of_it,
];

fn a_task_that_waits_gets_the_result() {
    let (completer, pending) = Pending::new(Operation::Begin);
    let host = thread::spawn(move || assert!(completer.complete(Ok(7))));
    assert_eq!(wait_for(pending), Ok(7));
    host.join().expect("no panic");
}

fn a_task_that_waits_under_another_waker_gets_the_result() {
    let (completer, mut pending) = Pending::new(Operation::Begin);
    let host = thread::spawn(move || assert!(completer.complete(Ok(7))));
    let first = waker();
    let polled = Pin::new(&mut pending).poll(&mut Context::from_waker(&first));
    drop(first); // so the operation has the last of it
    if polled.is_pending() {
        assert_eq!(wait_for(pending), Ok(7));
    }
    host.join().expect("no panic");
}

fn a_callback_is_told_once() {
    let (completer, pending) = Pending::new(Operation::Begin);
    let host = thread::spawn(move || assert!(completer.complete(Ok(7))));
    let told = Told::default();
    let tell = told.clone();
    drop(pending.subscribe(move |ending| tell.tell(ending)));
    assert_eq!(told.wait(1), [Ok(7)]);
    host.join().expect("no panic");
    assert_eq!(told.wait(0), []);
}

fn a_callback_that_is_cancelled_is_told_or_dropped() {
    let (completer, pending) = Pending::new(Operation::Begin);
    let told = Told::default();
    let (tell, captured) = (told.clone(), Captured);
    let waiting = pending.subscribe(move |ending| {
        let _captured = captured;
        tell.tell(ending);
    });
    let host = thread::spawn(move || completer.complete(Ok(7)));
    waiting.cancel();
    let wanted = host.join().expect("no panic");
    assert_eq!(told.wait(0), if wanted { vec![Ok(7)] } else { vec![] });
}

fn a_callback_that_is_discarded_is_told_or_dropped() {
    let (completer, pending) = Pending::new(Operation::Begin);
    let captured = Captured;
    let host = thread::spawn(move || completer.discard());
    let waiting = pending.subscribe(move |ending: Result<u8, Failure>| {
        let _captured = captured;
        panic!("it is discarded: {ending:?}");
    });
    host.join().expect("no panic");
    waiting.cancel();
}

fn a_result_that_must_not_be_lost_is_taken_or_given_back() {
    let given_back = Told::default();
    let tell = given_back.clone();
    let (completer, mut pending) =
        Pending::reclaimed(Operation::Begin, move |left| tell.tell(left));
    let host = thread::spawn(move || completer.complete(Ok(7)));
    let waker = waker();
    let polled = Pin::new(&mut pending).poll(&mut Context::from_waker(&waker));
    drop(pending);
    let delivered = host.join().expect("no panic");
    let expected = match (polled.is_ready(), delivered) {
        (true, _) => vec![],
        (false, true) => vec![Some(Ok(7))],
        (false, false) => vec![None],
    };
    assert_eq!(given_back.wait(0), expected);
}

fn a_task_whose_operation_is_abandoned_hears_of_it() {
    let (completer, pending) = Pending::<u8>::new(Operation::Begin);
    let host = thread::spawn(move || drop(completer));
    let failure = Failure { operation: Operation::Begin, fault: Fault::Abandoned };
    assert_eq!(wait_for(pending), Err(failure));
    host.join().expect("no panic");
}
