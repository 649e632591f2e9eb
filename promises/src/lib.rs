//! Style 2: promises, chains of combinators.
//!
//! **In Node** an operation returns a promise and the code after it is the argument of `.then`;
//! errors skip to the next `.catch`. A promise is eager: it has started when it is made, and a
//! chain that nobody returns runs on detached, its error unhandled.
//!
//! **In Rust** a future is lazy: what has to wait happens when it is polled, what is settled goes on
//! at once, and a chain that is dropped is cancelled. `then`, `and_then`, `or_else`, `map` and `select` of the `futures`
//! crate are JavaScript's `.then` with one type for each use.
//!
//! **Why the context travels by value.** `operation.map(|value| ctx.note(value))` needs the context
//! in the closure and the chain around it needs it again afterwards: two closures cannot both hold
//! `&mut` to it (E0524), and a chain cannot return a borrow of its function's argument (E0515). So
//! it is moved into every link and handed on by its result, by [`Rejection`] too, because nobody
//! else holds it when a link fails. Only async/await lets one body lend the same `&mut` again after
//! each wait.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the study's own onion.
#![forbid(unsafe_code)]

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod units;

pub use compose::{Layer, Next, Onion, Promise, PromiseExt, Rejection, attempt, compose, follow};
pub use pipeline::pipeline;
