//! The file of a result: the figures, and where they come from.

use std::process::Command;
use std::{fs, io, thread};

use serde::{Deserialize, Serialize};

use super::Place;
use super::results::shape::{Results, told};

/// What a bench has written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record<R> {
    /// The machine, the time and the source.
    pub environment: Environment,
    /// What was measured.
    pub results: R,
}

/// The machine, the time and the source. A field is `None` if the system does not tell it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The processor.
    #[serde(deserialize_with = "told")]
    pub machine: Option<String>,
    /// How many cores it has.
    #[serde(deserialize_with = "told")]
    pub cores: Option<usize>,
    /// What `rustc -vV` says.
    #[serde(deserialize_with = "told")]
    pub rustc: Option<String>,
    /// The commit of the source.
    #[serde(deserialize_with = "told")]
    pub commit: Option<String>,
    /// The day.
    #[serde(deserialize_with = "told")]
    pub date: Option<String>,
    /// How busy the machine was before the measurement.
    #[serde(deserialize_with = "told", rename = "load before")]
    pub before: Option<String>,
    /// How busy it was after the measurement.
    #[serde(deserialize_with = "told", rename = "load after")]
    pub after: Option<String>,
}

impl Environment {
    /// Finds out the machine, the compiler, the source, and how busy the machine is. Call it before
    /// anything is measured.
    #[must_use]
    pub fn look() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find(|line| line.starts_with("model name"));
        Self {
            machine: model.and_then(|line| Some(line.split_once(": ")?.1.to_owned())),
            cores: thread::available_parallelism().ok().map(usize::from),
            rustc: said("rustc", &["-vV"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
            date: said("date", &["-u", "+%Y-%m-%d"]),
            before: load(),
            after: None,
        }
    }

    /// Writes `results` to `results/NAME.json` in the target directory. A trial is shorter than the
    /// published run, or different from it. It is written to `NAME-trial.json`, which is never
    /// published. `temporary` is the caller's `CARGO_TARGET_TMPDIR`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write<R: Results>(
        self,
        results: &R,
        is_trial: bool,
        temporary: &str,
    ) -> io::Result<Place> {
        let environment = Self { after: load(), ..self };
        let trial = if is_trial { "-trial" } else { "" };
        let place = Place::of(&format!("results/{}{trial}.json", R::NAME), temporary);
        fs::create_dir_all(place.path().with_file_name(""))?;
        fs::write(place.path(), Record { environment, results }.json()?)?;
        Ok(place)
    }
}

impl<R: Serialize> Record<R> {
    /// The text of the file.
    ///
    /// # Errors
    /// When a key in it is not a text.
    pub fn json(&self) -> serde_json::Result<String> {
        // Converted to a value first, because that sorts the keys: a new field then does not move
        // the others.
        Ok(format!("{:#}\n", serde_json::to_value(self)?))
    }
}

/// The load averages of 1, 5 and 15 minutes.
fn load() -> Option<String> {
    let loads = fs::read_to_string("/proc/loadavg").ok()?;
    Some(loads.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
