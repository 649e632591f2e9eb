//! A result for machines, with where it comes from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io, thread};

use serde_json::{Value, json};

/// A result that is being measured: the environment is looked at before and after.
pub struct Record {
    name: &'static str,
    is_trial: bool,
    environment: Value,
}

impl Record {
    /// Begins the record `name`: notes the machine, the compiler, the source, and how busy the
    /// machine is. What this system does not tell is `null`.
    #[must_use]
    pub fn begin(name: &'static str) -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find(|line| line.starts_with("model name"));
        let environment = json!({
            "machine": model.and_then(|line| Some(line.split_once(": ")?.1)),
            "cores": thread::available_parallelism().ok().map(usize::from),
            "rustc": said("rustc", &["-vV"]),
            "commit": said("git", &["describe", "--always", "--dirty"]),
            "date": said("date", &["-u", "+%Y-%m-%d"]),
            "load before": load(),
        });
        Self { name, is_trial: false, environment }
    }

    /// Says whether it is a trial: shorter or other than the run that is published.
    #[must_use]
    pub fn of_trial(self, is_trial: bool) -> Self {
        Self { is_trial, ..self }
    }

    /// Writes `results` to `results/NAME.json` in the target directory, of a trial to
    /// `NAME-trial.json`, which nobody publishes; and tells where that is.
    /// `temporary` is the `CARGO_TARGET_TMPDIR` of the caller, a folder beside it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(mut self, temporary: &str, results: Value) -> io::Result<PathBuf> {
        self.environment["load after"] = load().into();
        let record = json!({ "environment": self.environment, "results": results });
        let folder = Path::new(temporary).with_file_name("results");
        fs::create_dir_all(&folder)?;
        let trial = if self.is_trial { "-trial" } else { "" };
        let path = folder.join(format!("{}{trial}.json", self.name));
        fs::write(&path, format!("{record:#}\n"))?;
        Ok(path)
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
