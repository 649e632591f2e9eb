//! The generators style on generators of our own. Measured beside the style, it shows what the
//! style costs and what genawaiter costs.
//!
//! These are the very sources of the style; only the name `genawaiter` means something else in
//! them. The style itself stays with genawaiter, because a program should not write what a
//! library has.
//!
//! [`sync`] is the part of genawaiter's interface that the style uses. All other modules are those of
//! the style; the map of them is in its own `lib.rs`.
#![forbid(unsafe_code)]

extern crate self as genawaiter;

pub mod sync;

#[path = "../../../generators/src/all.rs"]
pub mod all;
#[path = "../../../generators/src/ask.rs"]
#[macro_use]
pub mod ask;
#[path = "../../../generators/src/co.rs"]
pub mod co;
#[path = "../../../generators/src/compose.rs"]
pub mod compose;
#[path = "../../../generators/src/layers/mod.rs"]
pub mod layers;
#[path = "../../../generators/src/pipeline.rs"]
pub mod pipeline;
#[path = "../../../generators/src/replies.rs"]
pub mod replies;
#[path = "../../../generators/src/services/mod.rs"]
pub mod services;
#[path = "../../../generators/src/units/mod.rs"]
pub mod units;
#[path = "../../../generators/src/unstarted.rs"]
pub mod unstarted;

use std::cell::Cell;
use std::thread::LocalKey;

use ask::{Answer, Ask};
pub use sync::GeneratorState;

thread_local! {
    static ASK: Cell<Option<Ask>> = const { Cell::new(None) };
    static ANSWER: Cell<Option<Answer>> = const { Cell::new(None) };
}

impl sync::Passed for Ask {
    fn cell() -> &'static LocalKey<Cell<Option<Self>>> {
        &ASK
    }
}

impl sync::Passed for Answer {
    fn cell() -> &'static LocalKey<Cell<Option<Self>>> {
        &ANSWER
    }
}
