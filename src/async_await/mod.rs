//! Style 4: async/await, as in koa 2.
//!
//! **In Node** a layer is `async (ctx, next) => { …; await next(); … }`. Everything above the line
//! with `await next()` happens on the way in, everything below it on the way out, and `try` around
//! it catches the errors of the layers further in. Calling `next` twice is an error at run time, if
//! the framework checks it. If the `await` is missing, the layers below go on by themselves.
//!
//! **In Rust** it is the same function, `async fn(&mut Context, Next<'_>) -> Outcome`, with two
//! differences. [`Next::run`] consumes `next`, so calling it twice does not compile. And a future
//! that is not awaited never starts: if the `await` is missing, nothing below runs, and the
//! compiler gives a warning, which this workspace makes an error. One body lends the same
//! `&mut Context` to the layers below and has it back after the `await`. The other three styles
//! cannot do this.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the onion of this study.

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod services;
pub mod units;

pub use compose::{Layer, Next, Onion, compose};
pub use pipeline::pipeline;
