//! Nine empty layers in the four styles and in what one would use instead.
//! `cargo bench --bench peers [-- --quick]`; what they allocate: `--bench peers-allocations`
//!
//! Every peer is played with nine layers and with none, in the same rounds: what differs is the
//! layers, and what is the same (the way in, the routing, the innermost answer) can be taken off.
//! The figures are written to `target/results/peers.json` as well.
//!
//! Each file uses only those above it:
//! * [`peer`]: one way to write layers;
//! * [`states`], [`services`], [`routes`]: by hand, as tower services, as axum middleware;
//! * [`everyone`]: these and the styles.
#![forbid(unsafe_code)]

mod peer;
mod routes;
mod services;
mod states;

mod everyone;

use std::time::{Duration, Instant};
use std::{env, process};

use four_ways::measure::results::Peers;
use four_ways::measure::results::peers::{self as results, Without};
use four_ways::measure::rounds::{apart, shown};
use four_ways::measure::{self, Comparison, Environment, Progress, World, budget, gate};
use peer::{LAYERS, Peer};

/// How long the rounds may take, if they are to be quick.
const QUICK: Duration = Duration::from_secs(2);

const LEGEND: &str = "\
time: relative to the straight line with nine layers, median of interleaved rounds, with its 95 %
interval; ≈ is inside the resolution, by which that baseline strayed from itself.
none: the same without any layer, on the same scale. What a peer does around its layers is in both:
  straight line, styles, states  a context is made of the request, and a response of the context
  tower                          the same, and a look whether the service is ready
  axum                           an http::Request is made of the request, cloned router, route,
                                 handler, and the http::Response taken apart again
a layer: the ninth part of the difference, on the same scale. Nothing where the compiler sees
  through an empty layer (tower, static); it could not through one that does something. On axum's
  router each layer clones those further in, so that with more layers the share is larger.";

fn main() {
    let is_trial = is_quick();
    let patience = if is_trial { QUICK } else { budget::PEERS };
    gate::pass();
    let environment = Environment::look();
    let peers = everyone::all().unwrap_or_else(|unequal| fail(&unequal.to_string()));
    let requests = vec![everyone::request(); 256];
    let (started, progress) = (Instant::now(), Progress::lasting(patience));
    // First all with layers, then all without: entry 0 and entry 1 are a baseline and its twin.
    let entries: Vec<_> =
        peers.iter().map(|peer| &peer.nine).chain(peers.iter().map(|peer| &peer.none)).collect();
    let times = measure::compare(
        entries.len(),
        |at| entries[at].time(World::ready, &requests),
        |rounds| {
            progress.tell(|| format!("round {rounds}"));
            // Whole turns of the order, so that every entry takes every place equally often.
            rounds % entries.len() != 0 || rounds == 0 || started.elapsed() < patience
        },
    );
    drop(progress);
    let results = results(&peers, &times);
    print(&results);
    match environment.write(&results, is_trial, env!("CARGO_TARGET_TMPDIR")) {
        Ok(written) => println!("\n{LEGEND}\n\nwritten: {written}"),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// All but the twin.
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
    Peers { layers: LAYERS, rounds, resolution, peers: without_twin.map(result).collect() }
}

fn print(Peers { layers, rounds, resolution, peers }: &Peers) {
    println!("\nnine empty layers ({rounds} rounds, resolution {:.1} %)", 100.0 * resolution);
    println!("{:<21}  {:>7}  {:<13}  {:>7}  {:>7}", "", "time", "interval", "none", "a layer");
    for (at, peer) in peers.iter().enumerate() {
        let (low, high) = peer.interval;
        let (time, interval) = match at {
            0 => ("1".to_owned(), String::new()),
            _ => (shown(peer.ratio, *resolution), format!("{low:.2}–{high:.2}")),
        };
        let none = shown(peer.none.ratio, *resolution);
        // Nothing where the resolution of the two times leaves nothing of it.
        let uncertain = resolution * (peer.ratio + peer.none.ratio) / *layers as f64;
        let layer = apart(peer.layer, uncertain);
        println!("{:<21}  {time:>7}  {interval:<13}  {none:>7}  {layer:>7}", peer.peer);
    }
}

fn is_quick() -> bool {
    let mut quick = false;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => quick = true,
            other => fail(&format!("{other} is unknown: --quick")),
        }
    }
    quick
}

fn fail(why: &str) -> ! {
    eprintln!("nothing is measured: {why}");
    process::exit(1);
}
