//! The generators style on the machinery that the bench `peers` measures beside genawaiter.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::thread::{self, LocalKey};

use kit::Style;
use kit::campaign::judge;
use own_generators::sync::{Co, GenBoxed, GeneratorState, Passed};

#[test]
fn the_style_keeps_every_clause_without_genawaiter() {
    let own = Style::opening(|| {
        let onion = own_generators::pipeline::pipeline();
        Style::new("own generators", move |host, request| onion.handle(host, request))
    });
    if let Err(rejection) = judge(&[own]) {
        panic!("{rejection}");
    }
}

/// A question or an answer.
#[derive(Debug, PartialEq)]
struct Asked(u32);
#[derive(Debug, PartialEq)]
struct Told(u32);

thread_local! {
    static ASKED: Cell<Option<Asked>> = const { Cell::new(None) };
    static TOLD: Cell<Option<Told>> = const { Cell::new(None) };
}

impl Passed for Asked {
    fn cell() -> &'static LocalKey<Cell<Option<Self>>> {
        &ASKED
    }
}

impl Passed for Told {
    fn cell() -> &'static LocalKey<Cell<Option<Self>>> {
        &TOLD
    }
}

type Sum = GenBoxed<Asked, Told, u32>;

/// Asks twice, and ends with the sum of the answers.
fn sum(first: u32) -> Sum {
    Sum::new_boxed(move |co: Co<Asked, Told>| async move {
        co.yield_(Asked(first)).await.0 + co.yield_(Asked(first + 1)).await.0
    })
}

fn asked(state: GeneratorState<Asked, u32>) -> u32 {
    match state {
        GeneratorState::Yielded(Asked(number)) => number,
        GeneratorState::Complete(end) => panic!("it ended with {end}"),
    }
}

fn ended(state: GeneratorState<Asked, u32>) -> u32 {
    match state {
        GeneratorState::Yielded(Asked(number)) => panic!("it asked {number}"),
        GeneratorState::Complete(end) => end,
    }
}

#[test]
fn a_generator_may_go_on_in_another_thread() {
    let mut generator = sum(1);
    assert_eq!(asked(generator.resume_with(Told(99))), 1);
    let end = thread::spawn(move || {
        assert_eq!(asked(generator.resume_with(Told(10))), 2);
        ended(generator.resume_with(Told(20)))
    });
    assert_eq!(end.join().expect("it does not panic"), 30);
}

#[test]
fn generators_that_are_resumed_inside_one_another_get_their_own_answers() {
    let mut outer = Sum::new_boxed(|co: Co<Asked, Told>| async move {
        let mut inner = sum(1);
        assert_eq!(asked(inner.resume_with(Told(99))), 1);
        let told = co.yield_(Asked(7)).await.0;
        assert_eq!(asked(inner.resume_with(Told(10))), 2);
        ended(inner.resume_with(Told(20))) + told
    });
    assert_eq!(asked(outer.resume_with(Told(99))), 7);
    assert_eq!(ended(outer.resume_with(Told(100))), 130);
}

#[test]
fn an_answer_that_nobody_reads_does_not_stay_in_the_thread() {
    let mut generator = sum(1);
    asked(generator.resume_with(Told(99)));
    assert_eq!(TOLD.take(), None);
    assert_eq!(ASKED.take(), None);
}
