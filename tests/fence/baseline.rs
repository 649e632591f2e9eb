//! The committed counts, and whether new counts differ from them by more than is tolerated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fmt, fs};

use serde::{Deserialize, Serialize};

use crate::spent::Spent;

/// How many replies are counted at once.
pub const REPLIES: usize = 16;

/// How many per cent more or fewer instructions are tolerated.
pub const FENCE: f64 = 2.0;

/// Costs by the names of their plays.
#[derive(Serialize, Deserialize)]
pub struct Baseline {
    /// The compiler and the processor of the instruction counts. Libraries choose instructions by
    /// what the processor can do, so counts of other compilers or processors are not comparable.
    made_by: String,
    /// Of sixteen replies.
    plays: BTreeMap<String, Cost>,
}

/// What sixteen replies cost.
#[derive(Serialize, Deserialize)]
pub struct Cost {
    pub allocations: usize,
    /// `None` where they were not counted.
    pub instructions: Option<u64>,
    /// The same, by the kind of function that they are spent in.
    pub spent: Option<BTreeMap<Spent, u64>>,
}

impl Baseline {
    /// The costs that were counted with this compiler.
    pub fn new(plays: BTreeMap<String, Cost>) -> Self {
        let version = Command::new("rustc").arg("-vV").output().expect("cargo runs rustc");
        let version = String::from_utf8_lossy(&version.stdout);
        let told = |key| version.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?");
        let made_by = format!("{} {}{}", told("release: "), told("host: "), vectors());
        Self { made_by, plays }
    }

    /// The committed counts.
    pub fn committed() -> Self {
        let text = fs::read_to_string(path()).expect("the committed baseline");
        serde_json::from_str(&text).expect("as it was written")
    }

    /// Writes these counts to the file.
    pub fn commit(&self) {
        assert!(
            self.plays.values().all(|cost| cost.instructions.is_some()),
            "without instructions"
        );
        let text = serde_json::to_string_pretty(self).expect("numbers and names");
        fs::write(path(), text + "\n").expect("written");
    }

    /// How many per cent more than those of a play `instructions` are.
    pub fn more(&self, name: &str, instructions: u64) -> f64 {
        let counted = self.plays[name].instructions.expect("they were counted");
        100.0 * (instructions as f64 / counted as f64 - 1.0)
    }

    /// Which of the `counted` costs differ by more than is tolerated.
    pub fn offences(&self, counted: &Self) -> Vec<String> {
        let comparable = self.made_by == counted.made_by;
        if !comparable {
            println!(
                "instructions are not compared: the committed ones are of {}, these of {}",
                self.made_by, counted.made_by
            );
        }
        let mut offences = Vec::new();
        if !self.plays.keys().eq(counted.plays.keys()) {
            offences.push("other plays are committed".to_owned());
        }
        for (name, was) in &self.plays {
            let Some(is) = counted.plays.get(name) else { continue };
            let more = match (was.instructions, is.instructions) {
                (Some(was), Some(is)) if comparable => 100.0 * (is as f64 / was as f64 - 1.0),
                _ => 0.0,
            };
            if is.allocations != was.allocations || more.abs() > FENCE {
                offences
                    .push(format!("{name}: {is}; committed: {was} ({more:+.1} % instructions)"));
            }
        }
        offences
    }
}

#[cfg(target_arch = "x86_64")]
fn vectors() -> &'static str {
    if std::arch::is_x86_feature_detected!("avx2") { " with AVX2" } else { "" }
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors() -> &'static str {
    ""
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fence/baseline.json")
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let replies = REPLIES as f64;
        write!(formatter, "{:.1} allocations", self.allocations as f64 / replies)?;
        match self.instructions {
            Some(instructions) => {
                write!(formatter, ", {:.0} instructions a reply", instructions as f64 / replies)
            }
            None => write!(formatter, " a reply"),
        }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, cost) in &self.plays {
            writeln!(formatter, "{name}: {cost}")?;
        }
        Ok(())
    }
}
