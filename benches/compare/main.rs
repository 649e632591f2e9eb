//! The styles against each other. `cargo bench --bench compare [-- --quick]`
//!
//! `--baseline STYLE` chooses the row that is 1. `--slowed STYLE` adds a row: that style with a few
//! per cent more to do, to see that it is seen. `--against FILE` tells whether the run agrees with
//! an earlier one, such as `docs/results/compare.json`.
//!
//! Rounds in a balanced order, the median of the ratios within a round, and a twin of the baseline
//! that shows how far all this can be trusted; all that in several processes, one after the other,
//! because each has its own layout of code and memory; beside it what can be counted exactly. The
//! figures are written to `target/results/compare.json` as well, or, when an option makes them
//! others than those that are published, to `compare-trial.json` beside it.
#![forbid(unsafe_code)]

mod against;
mod layer;
mod sizes;
mod trial;

use std::io::{self, IsTerminal};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, fs};

use four_ways::measure::{Comparison, Entry, Record, Situation, Unequal, gate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use trial::Trial;

/// How many processes measure, and how long the rounds of one situation may take in each.
const PROCESSES: usize = 5;
const PATIENCE: Duration = Duration::from_millis(2_600);
const QUICK: Duration = Duration::from_millis(200);

/// What one process has timed.
#[derive(Serialize, Deserialize)]
struct Part {
    situations: Vec<Comparison>,
    layers: Comparison,
}

fn main() {
    let arguments = arguments();
    let other = arguments.against.as_deref().map(read);
    let entries = entries(&arguments);
    if arguments.part {
        let part = part(&entries, arguments.patience);
        let part = part.unwrap_or_else(|unequal| fail(&format!("nothing is measured: {unequal}")));
        return println!("{}", json!(part));
    }
    gate::pass();
    let record = Record::begin("compare").of_trial(!arguments.whole());
    let counts = trial::counts();
    let parts: Vec<Part> = (1..=PROCESSES).map(process).collect();
    let mut trials = Vec::new();
    for (at, situation) in Situation::compared().iter().enumerate() {
        let times: Vec<_> = parts.iter().map(|part| part.situations[at].clone()).collect();
        let trial = Trial::new(situation, &entries, &counts, Comparison::merged(&times));
        trial.print(&entries);
        trials.push(trial.json(&entries));
    }
    println!("{}", trial::LEGEND);
    let layers: Vec<_> = parts.into_iter().map(|part| part.layers).collect();
    let layer = layer::report(&Comparison::merged(&layers));
    let results = json!({ "situations": trials, "empty layer": layer, "sizes": sizes::measure() });
    match record.write(env!("CARGO_TARGET_TMPDIR"), results.clone()) {
        Ok(path) => println!("\n{}", path.display()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
    let agrees = other.is_none_or(|other| {
        let agrees = against::agree(&results, &other);
        agrees.unwrap_or_else(|lacks| fail(&format!("the other run cannot be compared: {lacks}")))
    });
    if !agrees {
        process::exit(1);
    }
}

/// What this process times.
fn part(entries: &[Entry], patience: Duration) -> Result<Part, Unequal> {
    let situations = Situation::compared();
    let times = situations.iter().map(|situation| trial::time(situation, entries, patience));
    Ok(Part { situations: times.collect::<Result<_, _>>()?, layers: layer::time(patience)? })
}

/// Has another process time the same.
fn process(number: usize) -> Part {
    if io::stderr().is_terminal() {
        eprintln!("process {number} of {PROCESSES} …");
    }
    let myself = env::current_exe().expect("this program has a path");
    let output = Command::new(myself).args(env::args().skip(1)).arg("--part").output();
    let output = output.unwrap_or_else(|error| fail(&format!("no process can be made: {error}")));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| fail(&String::from_utf8_lossy(&output.stderr)))
}

/// The baseline, its twin, the others, and the one that is slowed down.
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

fn read(path: &str) -> Value {
    let text = fs::read_to_string(path).map_err(|error| error.to_string());
    let value =
        text.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    value.unwrap_or_else(|error| fail(&format!("{path}: {error}")))
}

struct Arguments {
    patience: Duration,
    baseline: Option<String>,
    slowed: Option<String>,
    against: Option<String>,
    /// Whether this is one of the processes that measure.
    part: bool,
}

impl Arguments {
    /// Whether this is the run that is published.
    fn whole(&self) -> bool {
        self.patience == PATIENCE && self.baseline.is_none() && self.slowed.is_none()
    }
}

fn arguments() -> Arguments {
    let mut known =
        Arguments { patience: PATIENCE, baseline: None, slowed: None, against: None, part: false };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--part" => known.part = true,
            "--quick" => known.patience = QUICK,
            "--baseline" => known.baseline = Some(arguments.next().unwrap_or_default()),
            "--slowed" => known.slowed = Some(arguments.next().unwrap_or_default()),
            "--against" => known.against = Some(arguments.next().unwrap_or_default()),
            other => fail(&format!(
                "{other} is unknown: --quick, --baseline STYLE, --slowed STYLE, --against FILE"
            )),
        }
    }
    known
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
