//! The results of nine empty layers, in the styles and in other ways that one would use in Rust.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};
use crate::measure::Count;

/// `peers.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peers {
    /// How many layers there are.
    pub layers: usize,
    /// How many rounds were played.
    pub rounds: usize,
    /// How far the ratio of the baseline's second copy (the twin) was from 1.
    pub resolution: f64,
    /// The baseline comes first.
    pub peers: Vec<Peer>,
    /// Many empty layers, beside those of the Node originals. `None` if these were not found.
    #[serde(deserialize_with = "told")]
    pub beside_node: Option<BesideNode>,
}

/// Many empty layers in the styles and in their Node originals. The times are absolute, because no
/// process can hold both.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideNode {
    /// The numbers of layers.
    pub depths: Vec<usize>,
    /// How many rounds were played.
    pub rounds: usize,
    /// The straight line, the styles and the originals.
    pub peers: Vec<Deep>,
}

/// One way to write layers, at each number of layers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deep {
    /// Its name.
    pub peer: String,
    /// What one layer costs at each number of layers.
    #[serde(rename = "ns a layer")]
    pub layers: Vec<Spread>,
}

/// Nanoseconds, over the rounds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lowest and the highest.
    pub range: (f64, f64),
}

/// One way to write layers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name.
    pub peer: String,
    /// Its time with all layers, divided by the baseline's.
    pub ratio: f64,
    /// The 95 % confidence interval of the ratio.
    pub interval: (f64, f64),
    /// Its time without any layer, on the same scale.
    pub none: Without,
    /// The cost of one layer: the difference divided by the number of layers.
    #[serde(rename = "a layer")]
    pub layer: f64,
}

/// A peer without layers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Without {
    /// Its time, divided by the baseline's time with all layers.
    pub ratio: f64,
    /// The 95 % confidence interval of the ratio.
    pub interval: (f64, f64),
}

/// `peers-allocations.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeersAllocations {
    /// How many layers there are.
    pub layers: usize,
    /// The peers, without the twin.
    pub peers: Vec<Counted>,
}

/// What a reply asks the allocator for.
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
