//! The styles against each other. `cargo bench --bench compare [-- --quick] [-- --baseline STYLE]`
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
    let (patience, baseline) = arguments();
    gate::pass();
    let record = Record::begin("compare");
    let counts = trial::counts();
    let mut trials = Vec::new();
    for situation in Situation::compared() {
        let entries = order(baseline.as_deref());
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
    let is_baseline = |entry: &Entry| baseline.is_none_or(|name| name == entry.name);
    let mut entries = Entry::all();
    let Some(at) = entries.iter().position(is_baseline) else {
        let names: Vec<_> = entries.iter().map(|entry| entry.name).collect();
        fail(&format!("--baseline is one of: {}", names.join(", ")));
    };
    let first = entries.remove(at);
    let twin = Entry::all().remove(at);
    [first, twin].into_iter().chain(entries).collect()
}

fn arguments() -> (Duration, Option<String>) {
    let mut quick = false;
    let mut baseline = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {} // cargo's own
            "--quick" => quick = true,
            "--baseline" => baseline = Some(arguments.next().unwrap_or_default()),
            other => fail(&format!("{other} is unknown: --quick, --baseline STYLE")),
        }
    }
    (if quick { QUICK } else { PATIENCE }, baseline)
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    process::exit(1);
}
