//! Many empty layers, beside those of the Node originals.
//!
//! In each round every style is played here, and every original in a process of its own. The rounds
//! take turns, so that a machine that slows down slows down both. A time without layers is
//! subtracted, and the rest is divided by the number of layers, in both.

use std::io;
use std::time::{Duration, Instant};

use four_ways::measure::node::{self, Missing, ORIGINALS, Original};
use four_ways::measure::results::peers::{BesideNode, Deep, Spread};
use four_ways::measure::{self, Entry, World, layers};
use pipeline::Request;

use crate::everyone;

/// The numbers of layers.
const DEPTHS: [usize; 2] = [64, 1_024];

/// How many batches are played in a round, of which the median counts, as in `layers.mjs`.
const BATCHES: usize = 15;

/// How many requests a batch has.
const REQUESTS: usize = 64;

/// Nanoseconds of one layer, at each number of layers.
type Layers = [f64; DEPTHS.len()];

/// Measures for as long as `patience`, but at least one round.
///
/// # Errors
/// When a style gives another answer than the straight line, or an original fails.
pub fn measure(patience: Duration) -> io::Result<Option<BesideNode>> {
    if let Err(missing) = originals() {
        eprintln!("the Node originals are not measured: {missing}");
        return Ok(None);
    }
    let styles = Styles::new()?;
    let mut rounds = Vec::new();
    let started = Instant::now();
    while rounds.is_empty() || started.elapsed() < patience {
        let mut round = styles.play();
        for original in ORIGINALS {
            round.push((original.layers, played(original)?));
        }
        rounds.push(round);
    }
    let peers = (0..rounds[0].len()).map(|at| Deep {
        peer: rounds[0][at].0.to_owned(),
        layers: (0..DEPTHS.len()).map(|depth| spread(&rounds, at, depth)).collect(),
    });
    let peers = peers.collect();
    Ok(Some(BesideNode { depths: DEPTHS.to_vec(), rounds: rounds.len(), peers }))
}

fn spread(rounds: &[Vec<(&str, Layers)>], at: usize, depth: usize) -> Spread {
    let times: Vec<f64> = rounds.iter().map(|round| round[at].1[depth]).collect();
    let range = (
        times.iter().copied().fold(f64::INFINITY, f64::min),
        times.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    );
    Spread { median: measure::median(&times), range }
}

/// The straight line and the styles, without layers and at each number of them.
struct Styles {
    none: Vec<Entry>,
    deep: [Vec<Entry>; DEPTHS.len()],
    requests: Vec<Request>,
}

impl Styles {
    fn new() -> io::Result<Self> {
        let (none, deep) = (layers::empty(0), DEPTHS.map(layers::empty));
        let requests = vec![everyone::request(); REQUESTS];
        for entries in [&none].into_iter().chain(&deep) {
            measure::agree(entries, |_| World::ready(), &requests[..1])
                .map_err(io::Error::other)?;
        }
        Ok(Self { none, deep, requests })
    }

    fn play(&self) -> Vec<(&'static str, Layers)> {
        let layers = |(at, entry): (usize, &Entry)| {
            let none = self.time(entry);
            let layer =
                |depth: usize| (self.time(&self.deep[depth][at]) - none) / DEPTHS[depth] as f64;
            (entry.name, std::array::from_fn(layer))
        };
        self.none.iter().enumerate().map(layers).collect()
    }

    /// Nanoseconds of one request.
    fn time(&self, entry: &Entry) -> f64 {
        let batch = |_| entry.time(World::ready, &self.requests).as_secs_f64();
        let times: Vec<f64> = (0..BATCHES).map(batch).collect();
        1e9 * measure::median(&times) / REQUESTS as f64
    }
}

fn originals() -> Result<(), Missing> {
    node::command("layers.mjs").map(drop)
}

/// What `layers.mjs` says of an original.
fn played(original: Original) -> io::Result<Layers> {
    let mut command = node::command("layers.mjs").map_err(io::Error::other)?;
    let output = command.arg(original.name).args(DEPTHS.map(|depth| depth.to_string())).output()?;
    serde_json::from_slice(&output.stdout).map_err(|why| {
        let said = String::from_utf8_lossy(&output.stderr);
        io::Error::other(format!("layers.mjs {}: {why}: {said}", original.name))
    })
}
