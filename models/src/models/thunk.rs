//! Thunks that several threads call, fill and give up, and the trampoline of each thread.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pipeline::{Failure, Fault, Operation};
use shuttle::thread;

use super::source::pending::{Completer, Pending};
use super::source::thunk::{Thunk, all};
use crate::explore::models;
use crate::waits::{Captured, Told};

models![
    all_who_call_a_thunk_are_told_once,
    all_who_call_a_thunk_that_is_given_up_hear_of_it,
    all_of_two_thunks_ends_once_with_both_values,
    after_a_panic_the_trampoline_runs_again,
];

fn waits() -> (Completer<u8>, Thunk<u8>) {
    let (completer, pending) = Pending::new(Operation::Sleep);
    (completer, Thunk::operation(|| pending))
}

fn call(thunk: &Thunk<u8>, told: &Told<Result<u8, Failure>>) {
    let (tell, captured) = (told.clone(), Captured);
    thunk.call(move |ending| {
        let _captured = captured;
        tell.tell(ending);
    });
}

fn all_who_call_a_thunk_are_told_once() {
    let (completer, thunk) = waits();
    let told = Told::default();
    let (other, others) = (thunk.clone(), told.clone());
    let caller = thread::spawn(move || call(&other, &others));
    let host = thread::spawn(move || assert!(completer.complete(Ok(7))));
    call(&thunk, &told);
    assert_eq!(told.wait(2), [Ok(7), Ok(7)]);
    caller.join().expect("no panic");
    host.join().expect("no panic");
    assert_eq!(told.wait(0), []);
}

fn all_who_call_a_thunk_that_is_given_up_hear_of_it() {
    let (fills, filled) = (Told::default(), Told::default());
    let keep = fills.clone();
    let thunk = Thunk::new(move |fill| keep.tell(fill));
    call(&thunk, &filled);
    let giver = thread::spawn(move || drop(fills.wait(1)));
    call(&thunk, &filled);
    let failure = Failure { operation: Operation::Sleep, fault: Fault::Abandoned };
    assert_eq!(filled.wait(2), [Err(failure), Err(failure)]);
    giver.join().expect("no panic");
}

fn all_of_two_thunks_ends_once_with_both_values() {
    let ((one, first), (two, second)) = (waits(), waits());
    let told = Told::default();
    let (tell, captured) = (told.clone(), Captured);
    all(vec![first, second]).call(move |ending| {
        let _captured = captured;
        tell.tell(ending);
    });
    let host = thread::spawn(move || assert!(one.complete(Ok(1))));
    assert!(two.complete(Ok(2)));
    assert_eq!(told.wait(1), [Ok(vec![1, 2])]);
    host.join().expect("no panic");
    assert_eq!(told.wait(0), []);
}

fn after_a_panic_the_trampoline_runs_again() {
    let ((one, bad), (two, good), (three, other)) = (waits(), waits(), waits());
    bad.call(|_| resume_unwind(Box::new("injected")));
    let host = thread::spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| assert!(one.complete(Ok(1)))));
        assert!(ended.is_err(), "it reaches who completed the operation");
        let told = Told::default();
        call(&good, &told);
        assert!(two.complete(Ok(2)));
        assert_eq!(told.wait(1), [Ok(2)]);
    });
    // Meanwhile the trampoline of another thread.
    let told = Told::default();
    call(&other, &told);
    assert!(three.complete(Ok(3)));
    assert_eq!(told.wait(1), [Ok(3)]);
    host.join().expect("no panic");
}
