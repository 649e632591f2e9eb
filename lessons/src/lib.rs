//! From callback to await in small steps. Each lesson is a folder. It contains the same small
//! program in four styles, the JavaScript that it comes from, and what each program prints.
//!
//! * [`stage`]: runs the programs, on an event loop whose clock jumps to the next timer.
//! * [`mod@lesson`]: the parts of a lesson.
#![forbid(unsafe_code)]

#[macro_use]
pub mod lesson;
pub mod stage;

#[path = "../01_wrap_a_callback/mod.rs"]
mod wrap_a_callback;

#[path = "../02_three_steps/mod.rs"]
mod three_steps;

#[path = "../03_a_generator_is_a_pause/mod.rs"]
mod a_generator_is_a_pause;

#[path = "../04_thunks/mod.rs"]
mod thunks;

#[path = "../05_chains/mod.rs"]
mod chains;

#[path = "../06_co/mod.rs"]
mod co;

#[path = "../07_one_middleware_five_frameworks/mod.rs"]
mod one_middleware_five_frameworks;

#[path = "../08_the_onions_order/mod.rs"]
mod the_onions_order;

#[path = "../09_next_never_next_twice/mod.rs"]
mod next_never_next_twice;

#[path = "../10_who_catches/mod.rs"]
mod who_catches;

#[path = "../11_find_or_create/mod.rs"]
mod find_or_create;

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

/// All lessons in order.
pub const LESSONS: &[Lesson] = &[
    wrap_a_callback::LESSON,
    three_steps::LESSON,
    a_generator_is_a_pause::LESSON,
    thunks::LESSON,
    chains::LESSON,
    co::LESSON,
    one_middleware_five_frameworks::LESSON,
    the_onions_order::LESSON,
    next_never_next_twice::LESSON,
    who_catches::LESSON,
    find_or_create::LESSON,
    how_a_handler_gets_its_things::LESSON,
    together::LESSON,
    left_half_way::LESSON,
    streams::LESSON,
    the_pipeline::LESSON,
];
