//! One situation, measured for all entries.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use four_ways::measure::{self, Comparison, Entry, Exact, Situation, Unequal};
use serde_json::{Value, json};

/// How the table is read.
pub const LEGEND: &str = "\
time: relative to the baseline, median of interleaved rounds, median of several processes, with the
hull of their 95 % intervals, and no more digits than it strayed between them; ≈ is inside that,
or inside the resolution, by which the baseline strayed from itself. What waits is compared with a straight line
that does not: it cannot.
allocations, bytes, polls: per reply, exact, the host's included; a callback is not polled.";

/// What was measured. Entry 0 is the baseline, entry 1 its twin.
pub struct Trial {
    name: String,
    counts: Vec<Option<Exact>>,
    times: Comparison,
}

/// By the titles of the situations, and the names of the entries.
pub type Counts = BTreeMap<String, BTreeMap<String, Exact>>;

/// Asks the command line for what can be counted. It counts its allocations; this process does not,
/// because the counting would be timed.
pub fn counts() -> Counts {
    let output = Command::new(env!("CARGO_BIN_EXE_four-ways")).arg("count").output();
    serde_json::from_slice(&output.expect("cargo has built it").stdout).expect("its own JSON")
}

/// Times all entries, as long as `patience` lasts.
pub fn time(
    situation: &Situation,
    entries: &[Entry],
    patience: Duration,
) -> Result<Comparison, Unequal> {
    let world = |entry: &Entry| situation.world(entry.can_wait);
    measure::agree(entries, world, &situation.requests)?;
    let turn = entries.len() * (1 + entries.len() % 2);
    let started = Instant::now();
    Ok(measure::compare(
        entries.len(),
        |at| entries[at].time(|| world(&entries[at]), &situation.requests),
        // Whole turns of the order, so that every entry takes every place equally often.
        |rounds| rounds % turn != 0 || rounds == 0 || started.elapsed() < patience,
    ))
}

impl Trial {
    /// What was counted and timed in a situation.
    pub fn new(
        situation: &Situation,
        entries: &[Entry],
        counts: &Counts,
        times: Comparison,
    ) -> Self {
        let counts = &counts[&situation.title()];
        // A style that was slowed down on purpose is not counted.
        let counts = entries.iter().map(|entry| counts.get(entry.name).copied()).collect();
        Self { name: situation.title(), counts, times }
    }

    /// Prints the table. The twin shows only in the resolution.
    pub fn print(&self, entries: &[Entry]) {
        let Comparison { band, rounds, .. } = self.times;
        println!("\n{} ({rounds} rounds, resolution {:.1} %)", self.name, 100.0 * band);
        println!(
            "{:<13}  {:>7}  {:<13}  {:>11}  {:>5}  {:>5}",
            "", "time", "interval", "allocations", "bytes", "polls"
        );
        for (at, entry) in without_twin(entries) {
            let exact = |of: fn(Exact) -> f64, digits: usize| {
                let count = self.counts[at].map(of);
                count.map_or("–".to_owned(), |count| format!("{count:.digits$}"))
            };
            let allocations = exact(|count| count.allocations, 1);
            let (bytes, polls) = (exact(|count| count.bytes, 0), exact(|count| count.polls, 1));
            let (low, high) = self.times.intervals[at];
            let (time, interval) = match at {
                0 => ("1".to_owned(), String::new()),
                _ => (self.times.shown(at), format!("{low:.3}–{high:.3}")),
            };
            println!(
                "{:<13}  {time:>7}  {interval:<13}  {allocations:>11}  {bytes:>5}  {polls:>5}",
                entry.name
            );
        }
    }

    /// The same for machines.
    pub fn json(&self, entries: &[Entry]) -> Value {
        let styles = without_twin(entries).map(|(at, entry)| {
            let counts = self.counts[at];
            json!({
                "style": entry.name,
                "ratio": self.times.ratios[at],
                "interval": self.times.intervals[at],
                "uncertainty": self.times.uncertainty(at),
                "allocations": counts.map(|counts| counts.allocations),
                "bytes": counts.map(|counts| counts.bytes),
                "polls": counts.map(|counts| counts.polls),
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
