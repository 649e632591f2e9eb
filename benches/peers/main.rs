//! Nine empty layers in the four styles, and in other ways that one would use in Rust.
//! `cargo bench --bench peers [-- --quick]`; what they allocate: `--bench peers-allocations`
//!
//! Every peer is played with nine layers and with none, in the same rounds. The difference is the
//! cost of the layers. What both have in common (the way in, the routing, the innermost answer)
//! cancels out. Where the Node originals are found, deep stacks of empty layers are measured beside
//! theirs, too. The figures are also written to `target/results/peers.json`.
//!
//! Each file uses only those above it:
//! * [`peer`]: one way to write layers;
//! * [`generators`]: the style of generators without genawaiter;
//! * [`states`], [`services`], [`routes`]: by hand, as tower services, as axum middleware;
//! * [`everyone`]: these and the styles;
//! * [`beside_node`]: deep stacks of the styles and of the Node originals.
#![forbid(unsafe_code)]

mod generators;
mod peer;
mod routes;
mod services;
mod states;

mod everyone;

mod beside_node;

use std::time::{Duration, Instant};
use std::{env, process};

use four_ways::measure::results::Peers;
use four_ways::measure::results::peers::{self as results, Without};
use four_ways::measure::{self, Comparison, Environment, Progress, World, budget, gate};
use peer::{LAYERS, Peer};

/// How long the rounds may take, if they are to be quick.
const QUICK: Duration = Duration::from_secs(2);

/// How much of the time is for what is beside the Node originals.
const BESIDE_NODE: Duration = Duration::from_secs(15);

fn main() {
    let is_trial = is_quick();
    let (patience, beside_node) =
        if is_trial { (QUICK, QUICK) } else { (budget::PEERS - BESIDE_NODE, BESIDE_NODE) };
    gate::pass();
    let environment = Environment::look();
    let peers = everyone::all().unwrap_or_else(|unequal| fail(&unequal.to_string()));
    let requests = vec![everyone::request(); 256];
    let (started, progress) = (Instant::now(), Progress::lasting(patience));
    // First all peers with layers, then all without. Entry 0 is the baseline, and entry 1 its
    // second copy (the twin).
    let entries: Vec<_> =
        peers.iter().map(|peer| &peer.nine).chain(peers.iter().map(|peer| &peer.none)).collect();
    let times = measure::compare(
        entries.len(),
        |at| entries[at].time(World::ready, &requests),
        |rounds| {
            progress.tell(|| format!("round {rounds}"));
            // Only whole turns of the order, so that every entry has every place equally often.
            rounds % entries.len() != 0 || rounds == 0 || started.elapsed() < patience
        },
    );
    drop(progress);
    let beside_node =
        beside_node::measure(beside_node).unwrap_or_else(|why| fail(&why.to_string()));
    let results = Peers { beside_node, ..results(&peers, &times) };
    xtask::results::report(environment, &results, is_trial, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
}

/// The results of all peers but the twin.
fn results(peers: &[Peer], times: &Comparison) -> Peers {
    let result = |(nine, peer): (usize, &Peer)| {
        let none = nine + peers.len();
        results::Peer {
            peer: peer.nine.name.to_owned(),
            ratio: times.ratios[nine],
            interval: times.intervals[nine],
            none: Without { ratio: times.ratios[none], interval: times.intervals[none] },
            layer: (times.ratios[nine] - times.ratios[none]) / LAYERS as f64,
        }
    };
    let without_twin = peers.iter().enumerate().filter(|(at, _)| *at != 1);
    let Comparison { rounds, band: resolution, .. } = *times;
    let peers = without_twin.map(result).collect();
    Peers { layers: LAYERS, rounds, resolution, peers, beside_node: None }
}

fn is_quick() -> bool {
    let mut quick = false;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo passes this
            "--quick" => quick = true,
            other => fail(&format!("{other} is unknown: --quick")),
        }
    }
    quick
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
