//! Style 3: generators, co and koa 1.
//!
//! **In Node** a layer is `function* (next) { …; yield next; … }`. The body yields what it waits
//! for, a driver (`co`) waits and resumes it with the answer, and an error is thrown into it at the
//! `yield`: straight-line code, ten years ago, without new syntax for waiting.
//!
//! **In Rust** stable has no generators. `genawaiter` makes one of an async block that is polled
//! with a waker that does nothing; two macros, [`go!`] and [`yield_!`], hide it, and no other code
//! here says `async` or `.await`. The driver in [`mod@co`] is ours: it keeps the layers on an explicit
//! stack, so depth costs no native stack and one wait costs the same under one layer or a thousand,
//! and it drops them innermost first. What may be yielded is a closed set of types, and the type of
//! the answer follows from the type of the question.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the study's own onion; [`replies()`] answers
//! a conversation, one request at a time, as a stream.
#![forbid(unsafe_code)]

#[macro_use]
pub mod co;
pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod replies;
pub mod units;

pub use co::{Back, Co, Drive, Routine, co};
pub use compose::{Layer, Next, Onion, compose};
pub use pipeline::pipeline;
pub use replies::replies;
