//! The committed counts, and whether new counts differ from them by more than is tolerated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fmt, fs};

use four_ways::measure::results::fence::{Fence, Play, REPLIES};

/// How many per cent more or fewer instructions are tolerated.
pub const FENCE: f64 = 2.0;

/// Costs by the names of their plays.
pub struct Baseline(Fence);

impl Baseline {
    /// The costs that were counted with this compiler.
    pub fn new(plays: BTreeMap<String, Play>) -> Self {
        let version = Command::new("rustc").arg("-vV").output().expect("cargo runs rustc");
        let version = String::from_utf8_lossy(&version.stdout);
        let told = |key| version.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?");
        let made_by = format!("{} {}{}", told("release: "), told("host: "), vectors());
        Self(Fence { made_by, plays })
    }

    /// The committed counts.
    pub fn committed() -> Self {
        let text = fs::read_to_string(path()).expect("the committed baseline");
        Self(serde_json::from_str(&text).expect("as it was written"))
    }

    /// Writes these counts to the file.
    pub fn commit(&self) {
        assert!(
            self.0.plays.values().all(|cost| cost.instructions.is_some()),
            "without instructions"
        );
        let text = serde_json::to_string_pretty(&self.0).expect("numbers and names");
        fs::write(path(), text + "\n").expect("written");
    }

    /// How many per cent more than those of a play `instructions` are.
    pub fn more(&self, name: &str, instructions: u64) -> f64 {
        let counted = self.0.plays[name].instructions.expect("they were counted");
        100.0 * (instructions as f64 / counted as f64 - 1.0)
    }

    /// Whether the instructions of the `counted` costs can be compared with these: only if both are
    /// of one compiler.
    ///
    /// # Errors
    /// Says what to do about it.
    pub fn comparable(&self, counted: &Self) -> Result<(), String> {
        let (committed, present) = (&self.0.made_by, &counted.0.made_by);
        if committed == present {
            return Ok(());
        }
        let release = committed.split(' ').next().unwrap_or_default();
        Err(format!(
            "the committed instructions are of {committed}, these of {present}: they cannot be \
             compared. Count with that compiler (`rustup run {release} cargo test --release --test \
             fence`), or commit the counts of this one, after a look at the difference, by \
             `UPDATE=1 cargo test --release --test fence`"
        ))
    }

    /// These costs as if they were counted with a compiler that nobody has.
    pub fn of_another_compiler(self) -> Self {
        Self(Fence { made_by: "0.0.0 nowhere".to_owned(), ..self.0 })
    }

    /// Which of the `counted` costs differ by more than is tolerated. Instructions are compared
    /// where they are [`comparable`](Self::comparable), allocations always.
    pub fn offences(&self, counted: &Self) -> Vec<String> {
        let comparable = self.comparable(counted).is_ok();
        let mut offences = Vec::new();
        if !self.0.plays.keys().eq(counted.0.plays.keys()) {
            offences.push("other plays are committed".to_owned());
        }
        for (name, was) in &self.0.plays {
            let Some(is) = counted.0.plays.get(name) else { continue };
            let more = match (was.instructions, is.instructions) {
                (Some(was), Some(is)) if comparable => 100.0 * (is as f64 / was as f64 - 1.0),
                _ => 0.0,
            };
            if is.allocations != was.allocations || more.abs() > FENCE {
                let (is, was) = (shown(is), shown(was));
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

/// What a play costs, per reply.
fn shown(play: &Play) -> String {
    let replies = REPLIES as f64;
    let allocations = format!("{:.1} allocations", play.allocations as f64 / replies);
    match play.instructions {
        Some(instructions) => {
            format!("{allocations}, {:.0} instructions a reply", instructions as f64 / replies)
        }
        None => format!("{allocations} a reply"),
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, cost) in &self.0.plays {
            writeln!(formatter, "{name}: {}", shown(cost))?;
        }
        Ok(())
    }
}
