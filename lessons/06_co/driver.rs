//! `co` on one screen: it waits for what a generator yields, and resumes it with the answer.

use callbacks::thunk::{Fill, Thunk, all};
use genawaiter::{GeneratorState, sync::GenBoxed};
use pipeline::{Failure, Pending};

/// What a `yield` returns.
pub type Answer = Result<String, Failure>;
/// A generator for this driver.
pub type Generator = GenBoxed<Yielded, Answer, Answer>;

/// What may be yielded.
pub enum Yielded {
    Promise(Pending<String>),
    Thunk(Thunk<String>),
    Generator(Generator),
    List(Vec<Yielded>),
}

/// Drives a generator, once the thunk is called.
pub fn co(generator: Generator) -> Thunk<String> {
    Thunk::new(|fill| step(generator, Ok(String::new()), fill))
}

/// From one `yield` to the next.
fn step(mut generator: Generator, answer: Answer, fill: Fill<String>) {
    match generator.resume_with(answer) {
        GeneratorState::Yielded(it) => to_thunk(it).call(|answer| step(generator, answer, fill)),
        GeneratorState::Complete(end) => fill.fill(end),
    }
}

/// Whatever is yielded becomes a thunk.
fn to_thunk(yielded: Yielded) -> Thunk<String> {
    match yielded {
        Yielded::Promise(promise) => Thunk::operation(|| promise),
        Yielded::Thunk(thunk) => thunk,
        Yielded::Generator(generator) => co(generator),
        Yielded::List(list) => all(list.into_iter().map(to_thunk).collect())
            .then(|pages| Thunk::filled(pages.map(|pages| pages.join(", ")))),
    }
}
