//! One situation, measured for all entries.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use four_ways::measure::results::compare::{self as results, Cost};
use four_ways::measure::rounds::shown;
use four_ways::measure::{self, Comparison, Entry, Exact, Situation, Unequal};

/// How the table is read.
pub const LEGEND: &str = "\
time: relative to the baseline, median of interleaved rounds, median of several processes, with the
hull of their 95 % intervals, and no more digits than it strayed between them; ≈ is inside that,
or inside the resolution, by which the baseline strayed from itself. What waits is compared with a straight line
that does not: it cannot.
allocations, bytes, polls: per reply, exact, the host's included; a callback is not polled.";

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

/// What was counted and timed in a situation. Entry 0 is the baseline, and entry 1 its twin, which
/// shows only in the resolution.
pub fn result(
    title: String,
    entries: &[Entry],
    counts: &Counts,
    times: &Comparison,
) -> results::Situation {
    let cost = |(at, entry): (usize, &Entry)| {
        // A style that was slowed down on purpose is not counted.
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
    let Comparison { rounds, band: resolution, .. } = *times;
    results::Situation { situation: title, rounds, resolution, styles }
}

/// Prints the table.
pub fn print(results::Situation { situation, rounds, resolution, styles }: &results::Situation) {
    println!("\n{situation} ({rounds} rounds, resolution {:.1} %)", 100.0 * resolution);
    println!(
        "{:<13}  {:>7}  {:<13}  {:>11}  {:>5}  {:>5}",
        "", "time", "interval", "allocations", "bytes", "polls"
    );
    for (at, cost) in styles.iter().enumerate() {
        let exact = |count: Option<f64>, digits: usize| {
            count.map_or("–".to_owned(), |count| format!("{count:.digits$}"))
        };
        let (allocations, bytes, polls) =
            (exact(cost.allocations, 1), exact(cost.bytes, 0), exact(cost.polls, 1));
        let (low, high) = cost.interval;
        let (time, interval) = match at {
            0 => ("1".to_owned(), String::new()),
            _ => (shown(cost.ratio, cost.uncertainty), format!("{low:.3}–{high:.3}")),
        };
        println!(
            "{:<13}  {time:>7}  {interval:<13}  {allocations:>11}  {bytes:>5}  {polls:>5}",
            cost.style
        );
    }
}
