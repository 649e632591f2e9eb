//! Nine empty layers in the styles and in what one would use instead.

use serde::{Deserialize, Serialize};

use super::shape::Results;
use crate::measure::Count;

/// `peers.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peers {
    /// How many layers there are.
    pub layers: usize,
    /// How many rounds were played.
    pub rounds: usize,
    /// How far the baseline strayed from itself.
    pub resolution: f64,
    /// The baseline stands first.
    pub peers: Vec<Peer>,
}

/// One way to write layers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name.
    pub peer: String,
    /// Its time with all layers, relative to the baseline's.
    pub ratio: f64,
    /// With 95 % confidence.
    pub interval: (f64, f64),
    /// The same without any layer, on the same scale.
    pub none: Without,
    /// The share of one layer in the difference.
    #[serde(rename = "a layer")]
    pub layer: f64,
}

/// A peer without layers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// Its time, relative to the baseline's with all layers.
    pub ratio: f64,
    /// With 95 % confidence.
    pub interval: (f64, f64),
}

/// `peers-allocations.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeersAllocations {
    /// How many layers there are.
    pub layers: usize,
    /// Without the baseline's twin.
    pub peers: Vec<Counted>,
}

/// What a reply asks of the allocator.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The name of the peer.
    pub peer: String,
    /// With all layers.
    pub nine: Count,
    /// Without any.
    pub none: Count,
}

impl Results for Peers {
    const NAME: &'static str = "peers";
    const COMMAND: &'static str = "cargo bench --bench peers";
}

impl Results for PeersAllocations {
    const NAME: &'static str = "peers-allocations";
    const COMMAND: &'static str = "cargo bench --bench peers-allocations";
}
