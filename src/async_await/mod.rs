//! Style 4: async/await, the onion of koa 2.
//!
//! **In Node** a layer is `async (ctx, next) => { …; await next(); … }`. Everything above the line
//! with `await next()` happens on the way in, everything below it on the way out, and `try` around
//! it catches whatever happens further in. Calling `next` twice is an error at run time, if the
//! author of the framework thought of it; forgetting the `await` lets the layers below run
//! detached.
//!
//! **In Rust** it is the same function, `async fn(&mut Context, Next<'_>) -> Outcome`, with two
//! differences. [`Next::run`] consumes `next`, so calling it twice does not compile. And a future
//! that is not awaited never starts, so forgetting the `await` runs nothing, under a warning that
//! this workspace denies. One body lends the same `&mut Context` to the layers below and has it
//! back after the `await`: that is what the other three styles cannot do.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the study's own onion.

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod units;

pub use compose::{Layer, Next, Onion, compose};
pub use pipeline::pipeline;
