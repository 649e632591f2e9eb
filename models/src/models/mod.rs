//! The models of the unchanged sources, by subject:
//!
//! * (`source`): the copies of the sources.
//! * [`mod@pending`]: an operation, between the host and the code that waits.
//! * [`thunk`]: thunks and their trampoline.
//! * [`domain`]: where a race and a panic of the callbacks are settled.
//! * [`driver`]: our driver of generators, and its list of woken parts.
//! * [`timers`]: the timers of the live host.
//! * [`turns`]: the turns of the live host.
//!
//! The same files are compiled again beside each copy that has a bug; therefore they import
//! `super::source`.

use crate::explore::Model;

pub mod domain;
pub mod driver;
pub mod pending;
#[doc(hidden)]
pub mod source;
pub mod thunk;
pub mod timers;
pub mod turns;

/// The models of each subject.
pub const MODELS: [&[Model]; 6] =
    [pending::MODELS, thunk::MODELS, domain::MODELS, driver::MODELS, timers::MODELS, turns::MODELS];
