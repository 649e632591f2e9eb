//! Style 1: callbacks, continuation passing as in Express.
//!
//! **In Node** a layer is `(req, res, next) => { …; next(err) }`, an operation takes
//! `(err, value) => …` as its last argument, and the code after a wait is the body of that
//! function. Nothing checks that a callback is called exactly once; only the author can take care
//! of it. An exception in a later turn has no caller that could catch it, and it ends the process.
//!
//! **In Rust** a layer is `fn(Box<Context>, Next, Done) -> Bounce`. Calling [`Done`] consumes it,
//! so calling it *twice* does not compile. The context is moved from closure to closure, because
//! two closures cannot both borrow it. A layer does not call the next step but *returns* it as a
//! [`Bounce`]. So ten thousand layers, or a hundred thousand units that answer at once, need no
//! more stack than one. A [`Done`] knows where to report a panic, in this turn or in a later one;
//! in Node this was called a domain.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the onion of this study. The module
//! [`thunk`] has the thunks of Toa, which are a step from callbacks to promises.
#![forbid(unsafe_code)]

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod services;
pub mod thunk;
pub mod units;

pub use compose::{Bounce, Done, Layer, Next, Onion, compose};
pub use pipeline::pipeline;
pub use thunk::Thunk;
