//! Style 3: generators, co and koa 1.
//!
//! **In Node** a layer is `function* (next) { …; yield next; … }`. The body yields what it waits
//! for. A driver (`co`) waits for it and resumes the body with the answer, or throws an error into
//! it at the `yield`. So code that waits could be written in a straight line before there was
//! `await`.
//!
//! **In Rust** stable has no generators. `genawaiter` makes one of an async block that is polled
//! with a waker that does nothing; two macros, [`go!`] and [`yield_!`], hide it, and no other code
//! here says `async` or `.await`. The driver in [`mod@co`] is ours: it keeps the layers, and the
//! generators that others yield, on an explicit stack, so depth costs no native stack and one wait
//! costs the same under one layer or a thousand, and it drops them innermost first. What may be
//! yielded is a closed set of types, and the type of the answer follows from the type of the
//! question.
//!
//! Each module uses only those before it:
//!
//! * [`all`]: several futures at once.
//! * [`unstarted`]: what has not been started, and how a long chain of it is dropped.
//! * [`mod@ask`]: what a generator yields, and what it gets for it.
//! * [`mod@co`]: the driver, which waits for what is yielded.
//! * [`mod@compose`]: how layers are put around each other.
//! * [`services`]: what several units and a layer need: WeChat's API, its ticket, later messages.
//! * [`layers`]: the layers, one module each.
//! * [`mod@replies`]: a conversation as a stream.
//! * [`units`]: the units that wait, and the layer that asks all of them.
//! * [`mod@pipeline`]: the study's own onion.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the onion of this study; [`replies()`]
//! answers a conversation, one request at a time, as a stream.
#![forbid(unsafe_code)]

pub mod all;
#[macro_use]
pub mod ask;
pub mod co;
pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod replies;
pub mod services;
pub mod units;
pub mod unstarted;

pub use ask::{Back, Co, Routine};
pub use co::{Drive, co};
pub use compose::{Layer, Next, Onion, compose};
pub use pipeline::pipeline;
pub use replies::replies;
