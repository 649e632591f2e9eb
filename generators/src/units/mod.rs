//! The unit queue, and the units that wait for something.

mod ask;
mod later;
mod queue;
mod weather;

pub use ask::ask;
pub use later::later;
pub use queue::{Asked, Unit, queue};
pub use weather::weather;
