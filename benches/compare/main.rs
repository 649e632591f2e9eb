//! The styles against each other. `cargo bench --bench compare [-- --quick]`
//!
//! `--baseline STYLE` chooses the row that is 1. `--slowed STYLE` adds a row: that style with a few
//! per cent more to do, to see that it is seen.
//!
//! Rounds in a balanced order, the median of the ratios within a round, and a twin of the baseline
//! that shows how far all this can be trusted; beside it what can be counted exactly. The figures
//! are written to `target/results/compare.json` as well.
#![forbid(unsafe_code)]

mod layer;
mod sizes;
mod trial;

use std::time::Duration;
use std::{env, process};

use four_ways::measure::{Entry, Record, Situation, gate};
use serde_json::json;
use trial::Trial;

/// How long the rounds of one situation may take.
const PATIENCE: Duration = Duration::from_secs(14);
const QUICK: Duration = Duration::from_millis(1_200);

fn main() {
    let Arguments { patience, baseline, slowed } = arguments();
    gate::pass();
    let record = Record::begin("compare");
    let counts = trial::counts();
    let mut trials = Vec::new();
    for situation in Situation::compared() {
        let mut entries = order(baseline.as_deref());
        entries.extend(slowed.as_deref().map(|name| named(name, "--slowed").slowed()));
        match Trial::run(&situation, &entries, &counts, patience) {
            Ok(trial) => {
                trial.print(&entries);
                trials.push(trial.json(&entries));
            }
            Err(unequal) => fail(&format!("nothing is measured: {unequal}")),
        }
    }
    println!("{}", trial::LEGEND);
    let layer = layer::measure(patience);
    let layer = layer.unwrap_or_else(|unequal| fail(&format!("nothing is measured: {unequal}")));
    let results = json!({ "situations": trials, "empty layer": layer, "sizes": sizes::measure() });
    match record.write(env!("CARGO_TARGET_TMPDIR"), results) {
        Ok(path) => println!("\n{}", path.display()),
        Err(error) => fail(&format!("the record cannot be written: {error}")),
    }
}

/// The baseline, its twin, and the others.
fn order(baseline: Option<&str>) -> Vec<Entry> {
    let name = baseline.unwrap_or("straight line");
    let [first, twin] = [(); 2].map(|()| named(name, "--baseline"));
    let others = Entry::all().into_iter().filter(|entry| entry.name != name);
    [first, twin].into_iter().chain(others).collect()
}

fn named(name: &str, option: &str) -> Entry {
    let found = Entry::all().into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| {
        let names: Vec<_> = Entry::all().iter().map(|entry| entry.name).collect();
        fail(&format!("{option} is one of: {}", names.join(", ")))
    })
}

struct Arguments {
    patience: Duration,
    baseline: Option<String>,
    slowed: Option<String>,
}

fn arguments() -> Arguments {
    let mut known = Arguments { patience: PATIENCE, baseline: None, slowed: None };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => known.patience = QUICK,
            "--baseline" => known.baseline = Some(arguments.next().unwrap_or_default()),
            "--slowed" => known.slowed = Some(arguments.next().unwrap_or_default()),
            other => {
                fail(&format!("{other} is unknown: --quick, --baseline STYLE, --slowed STYLE"))
            }
        }
    }
    known
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
