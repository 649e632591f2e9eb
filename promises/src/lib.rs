//! Style 2: promises, chains of combinators.
//!
//! **In Node** an operation returns a promise, and the code after it is the argument of `.then`.
//! Errors skip to the next `.catch`. A promise is eager: it has started when it is made. A chain
//! that is not returned goes on by itself, and its error is unhandled.
//!
//! **In Rust** a future is lazy: a link that has to wait runs when it is polled, a link whose
//! promise is settled runs at once, and a chain that is dropped is cancelled. `then`, `and_then`,
//! `or_else`, `map` and `select` of the crate `futures` are JavaScript's `.then` with one type for
//! each use.
//!
//! **Why the context travels by value.** `operation.map(|value| ctx.note(value))` needs the context
//! in the closure, and the chain around it needs the context again afterwards. Two closures cannot
//! both hold `&mut` to it (E0524), and a chain cannot return a borrow of its function's argument
//! (E0515). So the context is moved into every link, and each result passes it on. A [`Rejection`]
//! carries it, too, because no other code holds it when a link fails. Only async/await can lend the
//! same `&mut` again after each wait.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the onion of this study.
#![forbid(unsafe_code)]

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod services;
pub mod units;

pub use compose::{Layer, Next, Onion, Promise, PromiseExt, Rejection, attempt, compose, follow};
pub use pipeline::pipeline;
