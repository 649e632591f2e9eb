//! The styles on runtimes. `cargo bench --bench runtimes [-- --quick]`
//!
//! Each style on each runtime: how long one request takes, how many of a crowd of requests are
//! answered in a second when each waits three times, and how much memory a waiting request needs.
//! Then what `Send` costs. The figures are also written to `target/results/runtimes.json`. A runtime
//! that the system does not have or the kernel refuses is named and left out.
//!
//! Each file uses only those above it:
//! * [`host`]: a host whose operations end later;
//! * [`runtime`]: an adapter for each runtime that every system has;
//! * [`thread_per_core`]: those that need Linux and io_uring;
//! * [`cell`]: a style on a runtime;
//! * [`memory`]: the memory that a cell needs;
//! * [`send`]: what `Send` costs.
#![forbid(unsafe_code)]

mod cell;
mod host;
mod memory;
mod runtime;
mod send;
#[cfg(target_os = "linux")]
mod thread_per_core;

use std::hint::black_box;
use std::io;
use std::process;
use std::time::Duration;

use clap::Parser;
use four_ways::measure::results::Runtimes;
use four_ways::measure::results::runtimes::{self as results, LeftOut, Measure};
use four_ways::measure::{self, Comparison, Environment, Progress, balanced, budget, gate, median};
use pipeline::{Request, Response};

use cell::Cell;
use host::World;
use runtime::Named;

/// How much is measured.
struct Extent {
    /// How many requests are under way at once when time is measured. Each cell plays them once for
    /// each place in a round, so they cannot be as many as those whose memory is measured.
    crowd: usize,
    /// How many wait when memory is measured.
    waiting: usize,
    /// How long all rounds may take. Where the order is not balanced by then, it takes longer.
    patience: Duration,
}

const FULL: Extent = Extent { crowd: 2_000, waiting: 10_000, patience: budget::RUNTIMES };
const QUICK: Extent = Extent { crowd: 50, waiting: 2_000, patience: Duration::ZERO };

/// The requests, and the world in which they are answered.
struct Question {
    name: String,
    world: fn() -> World,
    /// Groups of requests that are under way together. The groups are played one after the other.
    crowds: Vec<Vec<Request>>,
    expected: Vec<Response>,
}

/// The styles on runtimes
#[derive(Parser)]
#[command(name = "runtimes")]
struct Arguments {
    /// As few rounds as have a balanced order, and a smaller crowd
    #[arg(long)]
    quick: bool,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
    /// Measure the memory of a cell instead: its number, and that of the requests
    #[arg(long, hide = true, num_args = 2)]
    memory_of: Option<Vec<usize>>,
}

fn main() {
    let arguments = Arguments::parse();
    let done = match arguments.memory_of.as_deref() {
        Some([cell, size]) => print_memory(*cell, *size),
        _ => measure(if arguments.quick { &QUICK } else { &FULL }),
    };
    if let Err(error) = done {
        fail(&error.to_string());
    }
}

fn print_memory(cell: usize, size: usize) -> io::Result<()> {
    let cells = Cell::all(runtimes()?.0);
    let cell = cells.get(cell).ok_or_else(|| io::Error::other("there is no such cell"))?;
    memory::print(cell, size)
}

/// The runtimes that this machine runs, and those that it does not.
fn runtimes() -> io::Result<(Vec<Named>, Vec<LeftOut>)> {
    let mut runtimes = runtime::runtimes()?;
    #[cfg(target_os = "linux")]
    let (more, left_out) = thread_per_core::runtimes();
    #[cfg(not(target_os = "linux"))]
    let (more, left_out) = {
        let on_linux = |runtime: &str| LeftOut {
            runtime: runtime.to_owned(),
            why: "it is measured on Linux only".to_owned(),
        };
        (Vec::new(), ["monoio", "compio", "glommio"].map(on_linux).into())
    };
    runtimes.extend(more);
    Ok((runtimes, left_out))
}

fn measure(extent: &Extent) -> io::Result<()> {
    gate::pass();
    let environment = Environment::look();
    let size = extent.crowd;
    let (runtimes, left_out) = runtimes()?;
    let cells = Cell::all(runtimes);
    let one = |name: &str, world, count| {
        let requests = cell::requests(count);
        let expected = cell::expected(&requests)?;
        let crowds = requests.into_iter().map(|request| vec![request]).collect();
        io::Result::Ok(Question { name: name.to_owned(), world, crowds, expected })
    };
    let ready = one("one request, ready", World::ready, 64)?;
    let waits = one("one request, three waits of 1 ms", World::waiting, 2)?;
    let requests = cell::requests(size);
    let crowd = Question {
        name: format!("{size} at once, three waits of 1 ms"),
        world: World::waiting,
        expected: cell::expected(&requests)?,
        crowds: vec![requests],
    };
    let [short, long] = [1, 4].map(|sixths| extent.patience * sixths / 6);
    let progress = Progress::lasting(extent.patience + extent.patience / 2);
    for question in [&ready, &waits, &crowd] {
        for cell in &cells {
            progress
                .tell(|| format!("check: {}, {} on {}", question.name, cell.style, cell.runtime));
            question.play(cell)?;
        }
    }
    let micros = |time| 1e6 * time;
    let millis = |time| 1e3 * time;
    let ready = ready.measure(&cells, short, "µs", micros, &progress)?;
    let waits = waits.measure(&cells, short, "ms", millis, &progress)?;
    let crowd = crowd.measure(&cells, long, "ms", millis, &progress)?;
    let rate = |cell: &results::Cell| cell.value.map(|time| size as f64 / (1e-3 * time));
    let rates = crowd.cells.iter().map(rate).collect();
    let rates = measured(&crowd.measure, "requests/s", &cells, rates, None);
    let memory = memory(&cells, extent.waiting, &progress)?;
    progress.tell(|| "what Send costs".to_owned());
    let send = send::measure(short / 8)?;
    drop(progress);
    let results = Runtimes { measures: vec![ready, waits, rates, crowd, memory], left_out, send };
    let is_trial = extent.crowd != FULL.crowd;
    // Nothing is printed earlier, because the results count only when every answer was checked.
    xtask::results::report(environment, &results, is_trial, env!("CARGO_TARGET_TMPDIR"))
        .map_err(io::Error::other)
}

impl Question {
    /// Answers the requests in a new world. Returns how long one request took, or one crowd.
    /// Requests and world are made before the timing and dropped after it.
    fn play(&self, cell: &Cell) -> io::Result<Duration> {
        let (world, crowds) = ((self.world)(), self.crowds.clone());
        let (time, responses) = cell.play(&world, black_box(crowds))?;
        cell.check(&responses, &self.expected)?;
        Ok(time.div_f64(self.crowds.len() as f64))
    }

    /// Plays rounds of all cells until their order is balanced, and more while `patience` lasts. The
    /// first cell is played twice.
    fn measure(
        &self,
        cells: &[Cell],
        patience: Duration,
        unit: &str,
        in_unit: fn(f64) -> f64,
        progress: &Progress,
    ) -> io::Result<Measure> {
        let mut played = vec![Vec::new(); cells.len()];
        let mut proceed = balanced(cells.len() + 1, patience);
        let times = measure::compare(
            cells.len() + 1,
            |entry| {
                let cell = entry.saturating_sub(1);
                let time = self.play(&cells[cell]).unwrap_or_else(|error| fail(&error.to_string()));
                played[cell].push(in_unit(time.as_secs_f64()));
                time
            },
            |rounds| {
                progress.tell(|| format!("{}: round {rounds}", self.name));
                proceed(rounds)
            },
        );
        let values = played.iter().map(|played| Some(median(played))).collect();
        Ok(measured(&self.name, unit, cells, values, Some(&times)))
    }
}

fn memory(cells: &[Cell], size: usize, progress: &Progress) -> io::Result<Measure> {
    let mut values = Vec::new();
    for (number, cell) in cells.iter().enumerate() {
        progress.tell(|| format!("memory: {} on {}", cell.style, cell.runtime));
        values.push(memory::measure(number, size)?);
    }
    let name = format!("memory of each of {size} that wait");
    Ok(measured(&name, "bytes", cells, values, None))
}

/// The results of all cells. In the times, entry 0 is the first cell, entry 1 its second copy (the
/// twin), and the other cells follow.
fn measured(
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

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
