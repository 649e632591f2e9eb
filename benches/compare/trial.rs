//! One situation, measured for all entries.

use std::hint::black_box;
use std::time::{Duration, Instant};

use four_ways::measure::{self, Comparison, Count, Entry, Situation, Unequal, stack};
use serde_json::{Value, json};

/// How the table is read.
pub const LEGEND: &str = "\
time: relative to the baseline, median of interleaved rounds, with its 95 % interval; ≈ is inside
the resolution, by which the baseline strayed from itself. What waits is compared with a straight
line that does not: it cannot.
allocations, bytes, polls: per reply, exact, the host's included; a callback is not polled.
future: bytes of what the style returns; its layers are boxed. A callback returns nothing: what it
keeps is in bytes.
stack: bytes down to the deepest call of the host, in the shipped conversation; layer: bytes of it
that one more layer takes, in this build. What rules use inside themselves is the same for all.";

/// What was measured. Entry 0 is the baseline, entry 1 its twin.
pub struct Trial {
    name: String,
    counts: Vec<Exact>,
    times: Comparison,
}

/// What can be counted, per reply.
struct Exact {
    allocations: f64,
    bytes: f64,
    polls: f64,
    stack: usize,
    layer: Option<usize>,
}

impl Trial {
    /// Measures all entries, as long as `patience` lasts.
    pub fn run(
        situation: &Situation,
        entries: &[Entry],
        count: fn() -> Count,
        patience: Duration,
    ) -> Result<Self, Unequal> {
        let world = |entry: &Entry| situation.world(entry.can_wait);
        measure::agree(entries, world, &situation.requests)?;
        let counts = entries.iter().map(|entry| exact(situation, entry, count)).collect();
        let started = Instant::now();
        let times = measure::compare(
            entries.len(),
            |entry| time(situation, &entries[entry]),
            // Whole turns of the order, so that every entry takes every place equally often.
            |rounds| rounds % entries.len() != 0 || rounds == 0 || started.elapsed() < patience,
        );
        let how = if situation.waits() { "each operation suspends once" } else { "ready" };
        Ok(Self { name: format!("{}, {how}", situation.name), counts, times })
    }

    /// Prints the table. The twin shows only in the resolution.
    pub fn print(&self, entries: &[Entry]) {
        let Comparison { band, rounds, .. } = self.times;
        println!("\n{} ({rounds} rounds, resolution {:.1} %)", self.name, 100.0 * band);
        println!(
            "{:<13}  {:>5}  {:<13}  {:>11}  {:>5}  {:>5}  {:>6}  {:>5}  {:>5}",
            "", "time", "interval", "allocations", "bytes", "polls", "future", "stack", "layer"
        );
        for (at, entry) in without_twin(entries) {
            let Exact { allocations, bytes, polls, stack, layer } = self.counts[at];
            let (low, high) = self.times.intervals[at];
            let (time, interval) = match at {
                0 => ("1".to_owned(), String::new()),
                _ => (self.times.shown(at), format!("{low:.3}–{high:.3}")),
            };
            let [future, layer] = [entry.future, layer]
                .map(|size| size.map_or("–".to_owned(), |size| size.to_string()));
            println!(
                "{:<13}  {time:>5}  {interval:<13}  {allocations:>11.1}  {bytes:>5.0}  {polls:>5.1}  {future:>6}  {stack:>5}  {layer:>5}",
                entry.name
            );
        }
    }

    /// The same for machines.
    pub fn json(&self, entries: &[Entry]) -> Value {
        let styles = without_twin(entries).map(|(at, entry)| {
            let Exact { allocations, bytes, polls, stack, layer } = self.counts[at];
            json!({
                "style": entry.name,
                "ratio": self.times.ratios[at],
                "interval": self.times.intervals[at],
                "allocations": allocations,
                "bytes": bytes,
                "polls": polls,
                "future": entry.future,
                "stack": stack,
                "stack of a layer": layer,
            })
        });
        json!({
            "situation": self.name,
            "rounds": self.times.rounds,
            "resolution": self.times.band,
            "styles": styles.collect::<Vec<_>>(),
        })
    }
}

fn without_twin(entries: &[Entry]) -> impl Iterator<Item = (usize, &Entry)> {
    entries.iter().enumerate().filter(|(at, _)| *at != 1)
}

/// From the request to the reply: requests and worlds are made before, and dropped after.
fn time(situation: &Situation, entry: &Entry) -> Duration {
    let (world, requests) = (situation.world(entry.can_wait), situation.requests.clone());
    let mut replies = Vec::with_capacity(requests.len());
    let started = Instant::now();
    entry.play(&world, black_box(requests), &mut replies);
    let time = started.elapsed();
    black_box(&replies);
    time
}

fn exact(situation: &Situation, entry: &Entry, count: fn() -> Count) -> Exact {
    let (world, requests) = (situation.world(entry.can_wait), situation.requests.clone());
    let length = requests.len() as f64;
    let mut replies = Vec::with_capacity(requests.len());
    let asked = measure::allocations(count, || entry.play(&world, requests, &mut replies));
    Exact {
        allocations: asked.allocations as f64 / length,
        bytes: asked.bytes as f64 / length,
        polls: world.polls() as f64 / length,
        stack: stack::deepest(entry),
        layer: stack::layer(entry.name),
    }
}
