//! Nine empty layers in the styles and in what one would use instead.

use four_ways::measure::rounds::{apart, shown};
use serde::Deserialize;

use super::markdown::{NONE, exact, per_cent, table, whole};

#[derive(Deserialize)]
pub struct Peers {
    layers: usize,
    rounds: usize,
    resolution: f64,
    /// The baseline stands first.
    peers: Vec<Peer>,
}

#[derive(Deserialize)]
struct Peer {
    peer: String,
    ratio: f64,
    none: None,
    #[serde(rename = "a layer")]
    layer: f64,
}

/// The same without layers.
#[derive(Deserialize)]
struct None {
    ratio: f64,
}

#[derive(Deserialize)]
pub struct Allocations {
    peers: Vec<Counted>,
}

#[derive(Deserialize)]
struct Counted {
    peer: String,
    nine: Count,
    none: Count,
}

#[derive(Deserialize)]
struct Count {
    allocations: usize,
    bytes: usize,
}

impl Peers {
    fn layer(&self, peer: &Peer) -> String {
        let uncertain = self.resolution * (peer.ratio + peer.none.ratio) / self.layers as f64;
        apart(peer.layer, uncertain)
    }

    fn ratio(&self, at: usize, peer: &Peer) -> String {
        if at == 0 { "1".to_owned() } else { shown(peer.ratio, self.resolution) }
    }

    /// The time of this peer with all layers.
    pub fn of(&self, name: &str) -> Result<String, String> {
        let at = self.peers.iter().position(|peer| peer.peer == name);
        let at = at.ok_or_else(|| format!("there is no peer `{name}`"))?;
        Ok(self.ratio(at, &self.peers[at]))
    }

    /// How far the times can be trusted.
    pub fn trust(&self) -> String {
        format!("{} rounds, resolution {}", self.rounds, per_cent(self.resolution))
    }

    /// Times and, where they were counted, allocations.
    pub fn table(&self, allocations: &Allocations) -> String {
        let rows = self.peers.iter().enumerate().map(|(at, peer)| {
            let none = shown(peer.none.ratio, self.resolution);
            let times = [self.ratio(at, peer), none, self.layer(peer)];
            let counted = allocations.peers.iter().find(|counted| counted.peer == peer.peer);
            let counts = counted.map_or([NONE, NONE].map(str::to_owned), |counted| {
                let Counted { nine, none, .. } = counted;
                let layer = |nine: usize, none| (nine as f64 - none as f64) / self.layers as f64;
                [
                    exact(layer(nine.allocations, none.allocations)),
                    whole(layer(nine.bytes, none.bytes)),
                ]
            });
            [peer.peer.clone()].into_iter().chain(times).chain(counts).collect()
        });
        let header = ["", "time", "without layers", "a layer", "its allocations", "its bytes"];
        table(&header, &rows.collect::<Vec<_>>())
    }
}
