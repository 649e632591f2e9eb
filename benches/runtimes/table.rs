//! What was measured, as a table: a row for each runtime, a column for each style.

use four_ways::measure::Comparison;
use four_ways::measure::results::runtimes::{self as results, Measure};
use four_ways::measure::rounds::shown;
use four_ways::styles;

use crate::cell::Cell;

/// How the tables are read.
pub const LEGEND: &str = "\
Beside a median: its ratio to async/await on the bare poll loop, median of interleaved rounds; ≈ is
inside the resolution, by which that cell strayed from itself. –: a queue of callbacks polls nothing.
One request: from its submission to its response, with spawning and joining where there are tasks.
Three waits: account, begin and commit each happen 1 ms after they were asked for. On tokio and smol
a task waits by the runtime's timer for the first that is due; the executors of futures have no
timer, so a thread sleeps; the bare poll loop and the own queue look at the clock themselves.
Callbacks go on where the timer fires; on a runtime, a task waits for what they reply.
tokio multi-thread and ThreadPool have a thread for each core, smol has one (or SMOL_THREADS).
Memory: heap and stacks that a new process has touched when all requests wait to begin their
exchange, divided by their number; the requests themselves, which were there before, are not in it.
Every response, timed or not, was that of the straight line, byte for byte.";

/// What was measured of all cells. Of times, entry 0 is the first cell, entry 1 its twin, and the
/// others follow.
pub fn measure(
    name: &str,
    unit: &str,
    cells: &[Cell],
    values: Vec<Option<f64>>,
    times: Option<&Comparison>,
) -> Measure {
    let cell = |(at, (cell, value)): (usize, (&Cell, Option<f64>))| {
        let entry = if at == 0 { 0 } else { at + 1 };
        results::Cell {
            runtime: cell.runtime.to_owned(),
            style: cell.style.to_owned(),
            value,
            ratio: times.map(|times| times.ratios[entry]),
            interval: times.map(|times| times.intervals[entry]),
        }
    };
    Measure {
        measure: name.to_owned(),
        unit: unit.to_owned(),
        rounds: times.map(|times| times.rounds),
        resolution: times.map(|times| times.band),
        cells: cells.iter().zip(values).enumerate().map(cell).collect(),
    }
}

/// Prints the table.
pub fn print(Measure { measure, unit, rounds, resolution, cells }: &Measure) {
    let styles = styles::all();
    print!("\n{measure}");
    if let (Some(rounds), Some(resolution)) = (rounds, resolution) {
        print!(" ({rounds} rounds, resolution {:.1} %)", 100.0 * resolution);
    }
    print!("\n{unit:<20}");
    for style in &styles {
        print!("  {:>15}", style.name);
    }
    let mut runtimes: Vec<_> = cells.iter().map(|cell| &cell.runtime).collect();
    runtimes.dedup();
    for runtime in runtimes {
        print!("\n{runtime:<20}");
        for style in &styles {
            let is_here =
                |cell: &results::Cell| cell.runtime == *runtime && cell.style == style.name;
            let at = cells.iter().position(is_here);
            print!("  {:>15}", at.map_or("–".to_owned(), |at| figure(at, &cells[at], *resolution)));
        }
    }
    println!();
}

fn figure(at: usize, cell: &results::Cell, resolution: Option<f64>) -> String {
    let value = match cell.value {
        None => return "–".to_owned(),
        Some(value) if value < 100.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.0}"),
    };
    let ratio = match cell.ratio.zip(resolution) {
        None => return value,
        Some(_) if at == 0 => "1".to_owned(),
        Some((ratio, resolution)) => shown(ratio, resolution),
    };
    format!("{value} {ratio:>7}")
}
