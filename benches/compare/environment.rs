//! Where the figures come from.

use std::process::Command;
use std::{fs, thread};

use serde_json::{Value, json};

/// The machine, the compiler, the source, and how busy the machine was.
pub struct Environment {
    machine: Option<String>,
    cores: Option<usize>,
    rustc: Option<String>,
    commit: Option<String>,
    /// The load averages of 1, 5 and 15 minutes.
    pub load: Option<String>,
}

impl Environment {
    /// As it is now; `None` is what this system does not tell.
    pub fn now() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find(|line| line.starts_with("model name"));
        let loads = fs::read_to_string("/proc/loadavg").ok();
        Self {
            machine: model.and_then(|line| Some(line.split_once(": ")?.1.to_owned())),
            cores: thread::available_parallelism().ok().map(usize::from),
            rustc: said("rustc", &["-vV"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
            load: loads.map(|loads| loads.split(' ').take(3).collect::<Vec<_>>().join(" ")),
        }
    }

    /// For the record.
    pub fn json(&self) -> Value {
        let Self { machine, cores, rustc, commit, load } = self;
        json!({
            "machine": machine,
            "cores": cores,
            "rustc": rustc,
            "commit": commit,
            "load": load,
        })
    }
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok().map(|said| said.trim().to_owned())
}
