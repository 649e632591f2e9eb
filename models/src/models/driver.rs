//! Our driver of generators, and the list of parts that other threads wake. genawaiter itself uses
//! the lock of `std`, which shuttle does not see: within it no thread is changed for another.

use std::pin::Pin;
use std::task::Context;

use pipeline::Operation;
use shuttle::thread;

use super::source::all::all;
use super::source::ask;
use super::source::co::co;
use super::source::pending::Pending;
use crate::explore::models;
use crate::waits::{wait_for, waker};

models![
    parts_that_two_threads_wake_are_all_polled,
    parts_that_are_polled_under_another_waker_wake_it,
    a_generator_gets_the_answers_of_two_threads,
];

fn parts_that_two_threads_wake_are_all_polled() {
    let ((one, first), (two, second)) =
        (Pending::new(Operation::Begin), Pending::new(Operation::Begin));
    let hosts = [(one, 1), (two, 2)]
        .map(|(completer, value)| thread::spawn(move || assert!(completer.complete(Ok(value)))));
    assert_eq!(wait_for(all(vec![first, second])), [Ok(1), Ok(2)]);
    hosts.into_iter().for_each(|host| host.join().expect("no panic"));
}

fn parts_that_are_polled_under_another_waker_wake_it() {
    let (one, first) = Pending::new(Operation::Begin);
    let host = thread::spawn(move || assert!(one.complete(Ok(1))));
    let mut parts = all(vec![first]);
    let waker = waker();
    let polled = Pin::new(&mut parts).poll(&mut Context::from_waker(&waker));
    drop(waker); // so the parts have the last of it
    if polled.is_pending() {
        assert_eq!(wait_for(parts), [Ok(1)]);
    }
    host.join().expect("no panic");
}

fn a_generator_gets_the_answers_of_two_threads() {
    let ((one, first), (two, second)) =
        (Pending::new(Operation::Begin), Pending::new(Operation::Begin));
    let hosts =
        [one, two].map(|completer| thread::spawn(move || assert!(completer.complete(Ok(())))));
    let generator = co(ask::routine(|co: ask::Co| async move {
        let Err((question, answers)) = ask::ask(vec![first, second]) else {
            unreachable!("a list is always asked")
        };
        answers(co.yield_(question).await)
    }));
    assert_eq!(wait_for(generator), [Ok(()), Ok(())]);
    hosts.into_iter().for_each(|host| host.join().expect("no panic"));
}
