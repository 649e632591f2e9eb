//! The unit queue, and the units that wait for something.

mod articles;
mod ask;
mod later;
mod profile;
mod queue;
mod weather;

pub use articles::articles;
pub use ask::ask;
pub use later::later;
pub use profile::profile;
pub use queue::{Asked, Unit, queue};
pub use weather::weather;
