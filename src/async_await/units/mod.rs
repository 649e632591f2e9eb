//! The unit queue, and the units that wait for something.

mod later;
mod queue;

pub use later::later;
pub use queue::{Unit, queue};
