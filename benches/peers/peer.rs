//! One way to write layers.

use four_ways::measure::Entry;

/// How many layers there are, as in the pipeline.
pub const LAYERS: usize = 9;

/// One way to write layers.
pub struct Peer {
    /// Nine empty layers around an answer.
    pub nine: Entry,
    /// The answer without layers.
    pub none: Entry,
}
