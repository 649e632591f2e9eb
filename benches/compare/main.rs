//! The styles against each other. `cargo bench --bench compare [-- --quick]`
//!
//! `--baseline STYLE` chooses the row that is 1. `--slowed STYLE` adds a row: that style with a few
//! per cent more to do. The row shows that the bench notices such a difference. `--against FILE`
//! tells whether the run agrees with an earlier one, such as `docs/results/compare.json`.
//!
//! The entries are played in rounds, in a balanced order. A ratio is the median of the ratios
//! within the rounds. A second copy of the baseline (the twin) shows how far the ratios can be
//! trusted. Several processes measure one after the other, because each has its own layout of memory,
//! and, except in a quick run, an order of functions that no other has. What can be counted exactly is reported with the times. The figures are also written
//! to `target/results/compare.json`. If an option makes them differ from the published ones, they
//! go to `compare-trial.json` instead.
//!
//! No file uses another one:
//! * [`trial`]: one situation;
//! * [`layer`]: an empty layer;
//! * [`against`]: another run;
//! * [`layouts`]: this program with its functions in other orders.
#![forbid(unsafe_code)]

mod against;
mod layer;
mod layouts;
mod trial;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, fs};

use clap::Parser;
use four_ways::measure::results::Compare;
use four_ways::measure::results::compare::Size;
use four_ways::measure::{
    Comparison, Entry, Environment, Progress, Record, Situation, Unequal, budget, gate, shapes,
    stack,
};
use serde::{Deserialize, Serialize};

/// How many processes measure, and how long a quick run measures one situation in each.
const PROCESSES: u32 = 5;
const QUICK: Duration = Duration::from_millis(200);

/// The times that one process has measured.
#[derive(Serialize, Deserialize)]
struct Part {
    situations: Vec<Comparison>,
    layers: Comparison,
}

fn main() {
    let arguments = Arguments::parse();
    let other = arguments.against.as_deref().map(read);
    let entries = entries(&arguments);
    if arguments.part {
        let part = part(&entries, arguments.patience());
        let part = part.unwrap_or_else(|unequal| fail(&format!("nothing is measured: {unequal}")));
        return println!("{}", serde_json::to_string(&part).expect("numbers and names"));
    }
    gate::pass();
    let environment = Environment::look();
    let counts = trial::counts();
    let programs = programs(arguments.quick);
    let parts = processes(&programs, arguments.patience());
    let situation = |(at, situation): (usize, &Situation)| {
        let times: Vec<_> = parts.iter().map(|part| part.situations[at].clone()).collect();
        trial::result(situation, &entries, &counts, &Comparison::merged(&times))
    };
    let mut situations: Vec<_> = situations().iter().enumerate().map(situation).collect();
    let shapes = situations.split_off(Situation::compared().len());
    let layers: Vec<_> = parts.iter().map(|part| part.layers.clone()).collect();
    let layer = layer::result(&Comparison::merged(&layers));
    let layouts = programs.iter().collect::<BTreeSet<_>>().len();
    let results = Compare { layouts, situations, shapes, layer, sizes: sizes() };
    let is_trial = !arguments.is_whole();
    xtask::results::report(environment, &results, is_trial, env!("CARGO_TARGET_TMPDIR"))
        .unwrap_or_else(|error| fail(&error.to_string()));
    let agrees = other.is_none_or(|other| {
        let agrees = against::agree(&results, &other.results);
        agrees.unwrap_or_else(|why| fail(&format!("the other run cannot be compared: {why}")))
    });
    if !agrees {
        process::exit(1);
    }
}

/// Measures the part of this process.
fn part(entries: &[Entry], patience: Duration) -> Result<Part, Unequal> {
    let situations = situations();
    let times = situations.iter().map(|situation| trial::time(situation, entries, patience));
    Ok(Part { situations: times.collect::<Result<_, _>>()?, layers: layer::time(patience)? })
}

/// The program of each process: this one, and in a whole run others with their functions in other
/// orders. If one of those cannot be built, all processes run this one.
fn programs(is_quick: bool) -> Vec<PathBuf> {
    let myself = env::current_exe().expect("this program has a path");
    if is_quick {
        return (1..=PROCESSES).map(|_| myself.clone()).collect();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // A copy, because the next build takes the place of this program.
    let first = layouts::copy(&myself, 1, folder);
    let first = first.unwrap_or_else(|error| fail(&format!("no copy can be made: {error}")));
    let other = |number| {
        eprintln!("order {number} of {PROCESSES} of the functions is built");
        layouts::build(number, folder)
    };
    match (2..=PROCESSES).map(other).collect::<Result<Vec<_>, _>>() {
        Ok(others) => [vec![first], others].concat(),
        Err(error) => {
            eprintln!("{error}\nall processes have the same order of functions");
            (1..=PROCESSES).map(|_| first.clone()).collect()
        }
    }
}

/// Starts other processes that measure the same, one after the other.
fn processes(programs: &[PathBuf], patience: Duration) -> Vec<Part> {
    let progress = Progress::waiting(patience * looks());
    let process = |(number, program): (u32, &PathBuf)| {
        progress.tell(|| format!("process {number} of {PROCESSES}"));
        process(program)
    };
    (1..).zip(programs).map(process).collect()
}

/// What is compared: the ways that a request may take, then the shapes of waiting.
fn situations() -> Vec<Situation> {
    Situation::compared().into_iter().chain(shapes::compared()).collect()
}

/// How many times something is timed: each situation and the empty layers, in each process.
fn looks() -> u32 {
    PROCESSES * u32::try_from(situations().len() + 1).expect("they are few")
}

fn process(program: &Path) -> Part {
    let output = Command::new(program).args(env::args().skip(1)).arg("--part").output();
    let output = output.unwrap_or_else(|error| fail(&format!("no process can be made: {error}")));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| fail(&String::from_utf8_lossy(&output.stderr)))
}

/// What each style takes up; it does not depend on the situation.
fn sizes() -> Vec<Size> {
    let size = |entry: Entry| Size {
        style: entry.name.to_owned(),
        future: entry.future,
        stack: stack::deepest(&entry),
        layer: stack::layer(entry.name),
    };
    Entry::all().into_iter().map(size).collect()
}

/// The baseline, its second copy (the twin), the other entries, and the slowed one if there is one.
fn entries(Arguments { baseline, slowed, .. }: &Arguments) -> Vec<Entry> {
    let name = baseline.as_deref().unwrap_or("straight line");
    let [first, twin] = [(); 2].map(|()| named(name, "--baseline"));
    let others = Entry::all().into_iter().filter(|entry| entry.name != name);
    let slowed = slowed.iter().map(|name| named(name, "--slowed").slowed());
    [first, twin].into_iter().chain(others).chain(slowed).collect()
}

fn named(name: &str, option: &str) -> Entry {
    let found = Entry::all().into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| {
        let names: Vec<_> = Entry::all().iter().map(|entry| entry.name).collect();
        fail(&format!("{option} is one of: {}", names.join(", ")))
    })
}

fn read(path: &str) -> Record<Compare> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string());
    let record =
        text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    record.unwrap_or_else(|error| fail(&format!("{path}: {error}")))
}

/// The styles against each other
#[derive(Parser)]
#[command(name = "compare")]
struct Arguments {
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
    /// Whose time is 1, instead of the straight line's
    #[arg(long, value_name = "STYLE")]
    baseline: Option<String>,
    /// Add a row: this style with a few per cent more to do
    #[arg(long, value_name = "STYLE")]
    slowed: Option<String>,
    /// Tell whether the ratios agree with those of an earlier run
    #[arg(long, value_name = "FILE")]
    against: Option<String>,
    /// What cargo passes to every bench
    #[arg(long, hide = true)]
    bench: bool,
    /// Be one of the processes that measure
    #[arg(long, hide = true)]
    part: bool,
}

impl Arguments {
    /// How long the rounds of one situation may take.
    fn patience(&self) -> Duration {
        if self.quick { QUICK } else { budget::COMPARE / looks() }
    }

    /// Whether this is the run that is published.
    fn is_whole(&self) -> bool {
        !self.quick && self.baseline.is_none() && self.slowed.is_none()
    }
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
