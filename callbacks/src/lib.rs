//! Style 1: callbacks, continuation passing as in Express.
//!
//! **In Node** a layer is `(req, res, next) => { …; next(err) }`, an operation takes
//! `(err, value) => …` as its last argument, and the code after a wait is the body of that
//! function. Nothing but care makes a callback be called exactly once, and an exception in a later
//! turn has no caller that could catch it: it ends the process.
//!
//! **In Rust** a layer is `fn(Box<Context>, Next, Done) -> Bounce`. [`Done`] is consumed by calling
//! it, so *twice* does not compile. The context travels by value through every continuation,
//! because no borrow can live in two closures. A step that is to be taken is *returned* as a
//! [`Bounce`] and not called, so ten thousand layers and a hundred thousand units that answer at
//! once need no more stack than one. A [`Done`] knows whom to tell of a panic, in this turn or in a
//! later one: what Node called a domain.
//!
//! The entry point is [`Onion::handle`]; [`pipeline()`] is the study's own onion. Beside it stands
//! [`thunk`], the primitive of Toa: the step from a callback to a promise.
#![forbid(unsafe_code)]

pub mod compose;
pub mod layers;
pub mod pipeline;
pub mod thunk;
pub mod units;

pub use compose::{Bounce, Done, Layer, Next, Onion, compose};
pub use pipeline::pipeline;
pub use thunk::Thunk;
