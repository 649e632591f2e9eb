//! Nine empty layers in the four styles and in what one would use instead.
//! `cargo bench --bench peers [-- --quick]`; what they allocate: `--bench peers-allocations`
//!
//! Every peer is played with nine layers and with none, in the same rounds: what differs is the
//! layers, and what is the same (the way in, the routing, the innermost answer) can be taken off.
//! The figures are written to `target/results/peers.json` as well.
#![forbid(unsafe_code)]

mod peer;
mod routes;
mod services;
mod states;

use std::time::{Duration, Instant};
use std::{env, process};

use four_ways::measure::rounds::apart;
use four_ways::measure::{self, Comparison, Record, World, gate};
use peer::{LAYERS, Peer};
use serde_json::json;

/// How long the rounds may take.
const PATIENCE: Duration = Duration::from_secs(20);
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
    let patience = arguments();
    gate::pass();
    let record = Record::begin("peers").of_trial(patience != PATIENCE);
    let peers = peer::all().unwrap_or_else(|unequal| fail(&unequal.to_string()));
    let request = peer::request();
    let requests = vec![request; 256];
    let started = Instant::now();
    // First all with layers, then all without: entry 0 and entry 1 are a baseline and its twin.
    let entries: Vec<_> =
        peers.iter().map(|peer| &peer.nine).chain(peers.iter().map(|peer| &peer.none)).collect();
    let times = measure::compare(
        entries.len(),
        |at| entries[at].time(World::ready, &requests),
        // Whole turns of the order, so that every entry takes every place equally often.
        |rounds| rounds % entries.len() != 0 || rounds == 0 || started.elapsed() < patience,
    );
    print(&peers, &times);
    match record.write(env!("CARGO_TARGET_TMPDIR"), results(&peers, &times)) {
        Ok(path) => println!("\n{LEGEND}\n{}", path.display()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// All but the twin, with the places of its two entries.
fn rows(peers: &[Peer]) -> impl Iterator<Item = (&Peer, usize, usize)> {
    let without_twin = peers.iter().enumerate().filter(|(at, _)| *at != 1);
    without_twin.map(|(at, peer)| (peer, at, at + peers.len()))
}

fn layer(times: &Comparison, nine: usize, none: usize) -> f64 {
    (times.ratios[nine] - times.ratios[none]) / LAYERS as f64
}

/// The share of a layer, `≈ 0` where the resolution of the two times leaves nothing of it.
fn layer_shown(times: &Comparison, nine: usize, none: usize) -> String {
    let uncertain = times.band * (times.ratios[nine] + times.ratios[none]) / LAYERS as f64;
    apart(layer(times, nine, none), uncertain)
}

fn print(peers: &[Peer], times: &Comparison) {
    let Comparison { band, rounds, .. } = times;
    println!("\nnine empty layers ({rounds} rounds, resolution {:.1} %)", 100.0 * band);
    println!("{:<21}  {:>7}  {:<13}  {:>7}  {:>7}", "", "time", "interval", "none", "a layer");
    for (peer, nine, none) in rows(peers) {
        let (low, high) = times.intervals[nine];
        let (time, interval) = match nine {
            0 => ("1".to_owned(), String::new()),
            _ => (times.shown(nine), format!("{low:.2}–{high:.2}")),
        };
        println!(
            "{:<21}  {time:>7}  {interval:<13}  {:>7}  {:>7}",
            peer.nine.name,
            times.shown(none),
            layer_shown(times, nine, none)
        );
    }
}

fn results(peers: &[Peer], times: &Comparison) -> serde_json::Value {
    let rows = rows(peers).map(|(peer, nine, none)| {
        json!({
            "peer": peer.nine.name,
            "ratio": times.ratios[nine],
            "interval": times.intervals[nine],
            "none": { "ratio": times.ratios[none], "interval": times.intervals[none] },
            "a layer": layer(times, nine, none),
        })
    });
    json!({
        "layers": LAYERS,
        "rounds": times.rounds,
        "resolution": times.band,
        "peers": rows.collect::<Vec<_>>(),
    })
}

fn arguments() -> Duration {
    let mut patience = PATIENCE;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => patience = QUICK,
            other => fail(&format!("{other} is unknown: --quick")),
        }
    }
    patience
}

fn fail(why: &str) -> ! {
    eprintln!("nothing is measured: {why}");
    process::exit(1);
}
