//! The styles on runtimes. `cargo bench --bench runtimes [-- --quick]`
//!
//! Each style on each runtime: how long one request takes, how many of ten thousand are answered
//! in a second when each waits three times, and what one that waits needs of the memory. The
//! figures are written to `target/results/runtimes.json` as well.
#![forbid(unsafe_code)]

mod cell;
mod host;
mod memory;
mod runtime;
mod table;

use std::hint::black_box;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};
use std::{env, process};

use four_ways::measure::{self, Record, gate};
use pipeline::{Request, Response};
use serde_json::json;

use cell::Cell;
use host::World;
use table::Table;

/// How much is measured.
struct Extent {
    /// How many requests are under way at once.
    crowd: usize,
    /// How long the rounds of one request may take, and those of the crowd.
    patience: [Duration; 2],
}

const FULL: Extent =
    Extent { crowd: 10_000, patience: [Duration::from_secs(15), Duration::from_secs(60)] };
const QUICK: Extent =
    Extent { crowd: 2_000, patience: [Duration::from_secs(1), Duration::from_secs(3)] };

/// What is asked, and where.
struct Measure {
    name: String,
    world: fn() -> World,
    /// Requests that are under way together, one group after the other.
    crowds: Vec<Vec<Request>>,
    expected: Vec<Response>,
}

fn main() {
    let done = match arguments() {
        Arguments::MemoryOf(cell, size) => print_memory(cell, size),
        Arguments::All(extent) => {
            gate::pass();
            measure(&extent)
        }
    };
    if let Err(error) = done {
        fail(&error.to_string());
    }
}

enum Arguments {
    All(Extent),
    /// The number of a cell, and of requests.
    MemoryOf(usize, usize),
}

fn arguments() -> Arguments {
    let mut extent = FULL;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => extent = QUICK,
            memory::ARGUMENT => {
                let mut number = || arguments.next()?.parse().ok();
                match (number(), number()) {
                    (Some(cell), Some(size)) => return Arguments::MemoryOf(cell, size),
                    _ => fail(&format!("{argument} takes two numbers")),
                }
            }
            other => fail(&format!("{other} is unknown: --quick")),
        }
    }
    Arguments::All(extent)
}

fn print_memory(cell: usize, size: usize) -> io::Result<()> {
    let cells = Cell::all()?;
    let cell = cells.get(cell).ok_or_else(|| io::Error::other("there is no such cell"))?;
    memory::print(cell, size)
}

fn measure(extent: &Extent) -> io::Result<()> {
    let record = Record::begin("runtimes").of_trial(extent.crowd != FULL.crowd);
    let Extent { crowd: size, patience: [patience, long] } = *extent;
    let cells = Cell::all()?;
    let one = |name: &str, world, count| {
        let requests = cell::requests(count);
        let expected = cell::expected(&requests)?;
        let crowds = requests.into_iter().map(|request| vec![request]).collect();
        io::Result::Ok(Measure { name: name.to_owned(), world, crowds, expected })
    };
    let ready = one("one request, ready", World::ready, 64)?;
    let waits = one("one request, three waits of 1 ms", World::waiting, 2)?;
    let requests = cell::requests(size);
    let crowd = Measure {
        name: format!("{size} at once, three waits of 1 ms"),
        world: World::waiting,
        expected: cell::expected(&requests)?,
        crowds: vec![requests],
    };
    for measure in [&ready, &waits, &crowd] {
        for cell in &cells {
            progress(&format!("check: {}, {} on {}", measure.name, cell.style, cell.runtime));
            measure.play(cell)?;
        }
    }
    let ready = ready.table(&cells, patience, "µs", |time| 1e6 * time)?;
    let waits = waits.table(&cells, patience, "ms", |time| 1e3 * time)?;
    let crowd = crowd.table(&cells, long, "ms", |time| 1e3 * time)?;
    let rate = |time: &Option<f64>| time.map(|time| size as f64 / (1e-3 * time));
    let rates = crowd.values.iter().map(rate).collect();
    let rates = Table { name: crowd.name.clone(), unit: "requests/s", values: rates, times: None };
    let tables = [ready, waits, rates, crowd, memory(&cells, size)?];
    progress("");
    // Only now: until the last answer has been checked, nothing is worth printing.
    tables.iter().for_each(|table| table.print(&cells));
    let results: Vec<_> = tables.iter().map(|table| table.json(&cells)).collect();
    let path = record.write(env!("CARGO_TARGET_TMPDIR"), json!(results))?;
    println!("\n{}\n{}", table::LEGEND, path.display());
    Ok(())
}

impl Measure {
    /// Answers the requests in a new world. How long one took, or one crowd; requests and world
    /// are made before and dropped after.
    fn play(&self, cell: &Cell) -> io::Result<Duration> {
        let (world, crowds) = ((self.world)(), self.crowds.clone());
        let (time, responses) = cell.play(&world, black_box(crowds))?;
        cell.check(&responses, &self.expected)?;
        Ok(time.div_f64(self.crowds.len() as f64))
    }

    /// Plays rounds of all cells, the first of them twice, as long as `patience` lasts.
    fn table(
        &self,
        cells: &[Cell],
        patience: Duration,
        unit: &'static str,
        in_unit: fn(f64) -> f64,
    ) -> io::Result<Table> {
        let mut played = vec![Vec::new(); cells.len()];
        let started = Instant::now();
        let times = measure::compare(
            cells.len() + 1,
            |entry| {
                let cell = entry.saturating_sub(1);
                let time = self.play(&cells[cell]).unwrap_or_else(|error| fail(&error.to_string()));
                played[cell].push(in_unit(time.as_secs_f64()));
                time
            },
            |rounds| {
                progress(&format!("{}: round {rounds}", self.name));
                rounds == 0 || started.elapsed() < patience
            },
        );
        let values = played.into_iter().map(median).collect();
        Ok(Table { name: self.name.clone(), unit, values, times: Some(times) })
    }
}

fn memory(cells: &[Cell], size: usize) -> io::Result<Table> {
    let mut values = Vec::new();
    for (number, cell) in cells.iter().enumerate() {
        progress(&format!("memory: {} on {}", cell.style, cell.runtime));
        values.push(memory::measure(number, size)?);
    }
    let name = format!("memory of each of {size} that wait");
    Ok(Table { name, unit: "bytes", values, times: None })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Tells a terminal what goes on, in one line.
fn progress(what: &str) {
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K{what}");
    }
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
