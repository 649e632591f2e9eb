//! One situation, measured for all entries.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use four_ways::measure::results::compare::{self as results, Cost};
use four_ways::measure::{self, Comparison, Entry, Exact, Situation, Unequal};

/// The counts, by the title of the situation and the name of the entry.
pub type Counts = BTreeMap<String, BTreeMap<String, Exact>>;

/// Runs `four-ways count`, which counts what can be counted. This process does not count its own
/// allocations, because the counting would take time and change the measurement.
pub fn counts() -> Counts {
    let output = Command::new(env!("CARGO_BIN_EXE_four-ways")).arg("count").output();
    serde_json::from_slice(&output.expect("cargo has built it").stdout).expect("its own JSON")
}

/// Times all entries for about `patience`.
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
        // Only whole turns of the order, so that every entry has every place equally often.
        |rounds| rounds % turn != 0 || rounds == 0 || started.elapsed() < patience,
    ))
}

/// What was counted and timed in a situation. Entry 0 is the baseline. Entry 1 is the second copy
/// of the baseline (the twin); it is used for the resolution only.
pub fn result(
    situation: &Situation,
    entries: &[Entry],
    counts: &Counts,
    times: &Comparison,
) -> results::Situation {
    let title = situation.title();
    let cost = |(at, entry): (usize, &Entry)| {
        // A style that was slowed down on purpose has no counts.
        let exact = counts[&title].get(entry.name);
        Cost {
            style: entry.name.to_owned(),
            ratio: times.ratios[at],
            interval: times.intervals[at],
            uncertainty: times.uncertainty(at),
            allocations: exact.map(|exact| exact.allocations),
            bytes: exact.map(|exact| exact.bytes),
            polls: exact.map(|exact| exact.polls),
        }
    };
    let styles = entries.iter().enumerate().filter(|(at, _)| *at != 1).map(cost).collect();
    let Comparison { rounds, band: resolution, baseline, .. } = *times;
    let nanoseconds = 1e9 * baseline / situation.requests.len() as f64;
    results::Situation { situation: title, rounds, resolution, nanoseconds, styles }
}
