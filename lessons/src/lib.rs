//! From callback to await in small steps: one folder a lesson, in it the same small program in
//! four styles, the JavaScript that it comes from, and what each prints.
//!
//! * [`stage`]: where the programs run, an event loop on a clock that jumps.
//! * [`mod@lesson`]: what a lesson consists of.
#![forbid(unsafe_code)]

#[macro_use]
pub mod lesson;
pub mod stage;

#[path = "../01_wrap_a_callback/mod.rs"]
mod wrap_a_callback;

#[path = "../12_how_a_handler_gets_its_things/mod.rs"]
mod how_a_handler_gets_its_things;

#[path = "../13_together/mod.rs"]
mod together;

#[path = "../14_left_half_way/mod.rs"]
mod left_half_way;

#[path = "../15_streams/mod.rs"]
mod streams;

#[path = "../16_the_pipeline/mod.rs"]
mod the_pipeline;

pub use lesson::Lesson;

/// All lessons, in their order.
pub const LESSONS: &[Lesson] = &[
    wrap_a_callback::LESSON,
    how_a_handler_gets_its_things::LESSON,
    together::LESSON,
    left_half_way::LESSON,
    streams::LESSON,
    the_pipeline::LESSON,
];
