//! What the styles cost: exact counts, and times as ratios to the straight line.
//!
//! * [`gate`]: checks that the styles are equal; every bench target calls it before it measures.
//! * [`world`]: a host whose operations are ready, wait or fail.
//! * [`entry`]: the entries that are measured, each called as its users call it.
//! * [`situation`]: the ways that a request may take.
//! * [`layers`]: onions of layers that do nothing.
//! * [`count`]: counts of what the allocator was asked for.
//! * [`exact`]: what can be counted, per reply.
//! * [`rounds`]: interleaved rounds, median ratios, and how far they can be trusted.
//! * [`stack`]: how much stack a reply needs.
//! * [`leaf`]: waiting for one operation in each style.
//! * [`node`]: the Node originals, where Node is found.
//! * [`process`]: a server in a process of its own.
//! * [`results`]: the shape of each result.
//! * [`examined`]: the styles and the Node originals in the same exam.
//! * [`place`]: where a bench leaves its files.
//! * [`record`]: a result in its file, with the machine and the source that it comes from.
//! * [`budget`]: how long each bench may take.
//! * [`progress`]: shows on a terminal how far a bench is.
//!
//! No allocator is defined here. A binary that counts allocations passes a function that reads its
//! counter.

pub mod budget;
pub mod count;
pub mod entry;
pub mod exact;
pub mod examined;
pub mod gate;
pub mod layers;
pub mod leaf;
pub mod node;
pub mod place;
pub mod process;
pub mod progress;
pub mod record;
pub mod results;
pub mod rounds;
pub mod situation;
pub mod stack;
pub mod world;

pub use count::{Count, allocations};
pub use entry::{Entry, Unequal, agree};
pub use exact::Exact;
pub use place::Place;
pub use progress::Progress;
pub use record::{Environment, Record};
pub use rounds::{Comparison, balanced, compare, median};
pub use situation::Situation;
pub use world::World;
