//! Runs cargo-mutants on one part: first with the tests that are quick, then, on what these have
//! missed, with all tests that guard the part.
//!
//! What a run has found stays in the target directory and is used again, until a file of the part
//! changes. So a part can be interrupted, and after a new test only what was missed is tested.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use four_ways::measure::results::mutants::{Part as Figures, Run};

use super::outcome::{Outcomes, Summary};
use super::part::{Part, Tests};
use super::tree::Tree;
use crate::error::Error;
use crate::survivor::Survivors;

/// A test that takes longer does not end. The longest takes a few seconds; the machine may be busy.
const SECONDS: &str = "90";

/// Tests `tested` of the `samples` of a part. The mutant at place `i` is in sample `i % samples`.
///
/// # Errors
/// When a program fails or a file cannot be read or written.
pub fn part(root: &Path, part: &Part, (tested, samples): (usize, usize)) -> Result<Figures, Error> {
    let place = root.join("target/mutants").join(part.name);
    let tree = Tree::renew(root, place.join("tree"))?;
    let runs = Runs { part, tree, place, left_out: Survivors::read(root)? };
    let mut found = Found::default();
    for sample in 0..tested {
        let folder = format!("{sample}-of-{samples}");
        let which = match samples {
            1 => vec![],
            _ => {
                ["--sharding=round-robin".to_owned(), format!("--shard={sample}/{samples}")].into()
            }
        };
        found.add(runs.kept(&folder, &part.first, Some(sample), &which)?);
    }
    for again in 0.. {
        let missed = found.missed(|run| is_last(run, part, &runs.tree));
        if missed.is_empty() {
            break;
        }
        let only: Vec<_> = missed.iter().map(|name| format!("--re=^{}$", escaped(name))).collect();
        found.add(runs.kept(&format!("again-{again}"), &part.all, None, &only)?);
    }
    Ok(found.figures(part, (tested, samples)))
}

/// The runs of one part.
struct Runs<'a> {
    part: &'a Part,
    tree: Tree,
    place: PathBuf,
    left_out: Survivors,
}

impl Runs<'_> {
    /// The run in this folder; it is made if there is none, or if the part has changed since.
    fn kept(
        &self,
        folder: &str,
        tests: &Tests,
        sample: Option<usize>,
        which: &[String],
    ) -> Result<(Run, Outcomes), Error> {
        let folder = self.place.join("runs").join(folder);
        let note = folder.join("commit");
        if let Ok(commit) = fs::read_to_string(&note)
            && self.tree.has_same(self.part.files, commit.trim())
        {
            return read(&folder, commit.trim(), tests, sample);
        }
        fs::create_dir_all(&folder).map_err(|why| file(&folder, why))?;
        self.test(&folder, tests, which)?;
        // Written last: without it the run is made again.
        fs::write(&note, &self.tree.commit).map_err(|why| file(&note, why))?;
        read(&folder, &self.tree.commit, tests, sample)
    }

    fn test(&self, folder: &Path, tests: &Tests, which: &[String]) -> Result<(), Error> {
        // Without a change the tests have to pass. The tool would test this with the packages that
        // it changes, and not with those that hold the tests.
        let mut unchanged = self.cargo("test");
        unchanged.args(tests.packages.iter().flat_map(|package| ["--package", package]));
        ended(unchanged.args(tests.targets), &[0])?;
        let mut tool = self.cargo("mutants");
        tool.args(["--workspace", "--in-place", "--baseline", "skip", "--output"]).arg(folder);
        tool.args(["--timeout", SECONDS, "--build-timeout", "600"]);
        tool.args(self.part.files.iter().flat_map(|glob| ["--file", glob]));
        let left_out = self.left_out.left_out.iter().flat_map(|each| &each.files);
        tool.args(left_out.flat_map(|glob| ["--exclude", glob]));
        tool.args(tests.packages.iter().flat_map(|package| ["--test-package", package]));
        tool.args(tests.targets.iter().map(|target| format!("--cargo-arg={target}"))).args(which);
        // 2: some were missed. 3: some did not end.
        ended(&mut tool, &[0, 2, 3])
    }

    /// A command of cargo in the clone.
    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.arg(command).current_dir(&self.tree.folder);
        cargo.env("CARGO_TARGET_DIR", self.place.join("target"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0"); // builds faster
        // One mutant must not tell the next which cases to try.
        cargo.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
        cargo
    }
}

/// Runs a program that has to end with one of these codes.
fn ended(program: &mut Command, codes: &[i32]) -> Result<(), Error> {
    let why = match program.status().map(|status| status.code()) {
        Ok(Some(code)) if codes.contains(&code) => return Ok(()),
        Ok(Some(101)) if program.get_args().any(|argument| argument == "mutants") => {
            "is not installed: cargo install cargo-mutants --locked".to_owned()
        }
        Ok(code) => format!("ended with {code:?}"),
        Err(why) => why.to_string(),
    };
    let arguments: Vec<_> = program.get_args().take(1).map(|each| each.to_string_lossy()).collect();
    Err(Error::Program { program: format!("cargo {}", arguments.join(" ")), why })
}

/// What is in the folder of a run.
fn read(
    folder: &Path,
    commit: &str,
    tests: &Tests,
    sample: Option<usize>,
) -> Result<(Run, Outcomes), Error> {
    let path = folder.join("mutants.out/outcomes.json");
    let text = fs::read_to_string(&path).map_err(|why| file(&path, why))?;
    let outcomes: Outcomes = serde_json::from_str(&text).map_err(|why| Error::Program {
        program: path.display().to_string(),
        why: why.to_string(),
    })?;
    let (tests, commit) = (tests.typed(), commit.to_owned());
    Ok((Run { commit, sample, tests, tested: 0, missed: 0 }, outcomes))
}

/// What all runs of a part have found.
#[derive(Default)]
struct Found {
    tool: String,
    /// Each mutant, and the run that tested it last.
    mutants: BTreeMap<String, (Summary, usize)>,
    runs: Vec<Run>,
}

impl Found {
    fn add(&mut self, (run, outcomes): (Run, Outcomes)) {
        self.tool.clone_from(&outcomes.cargo_mutants_version);
        let mut mutants = outcomes.mutants();
        if run.sample.is_none() {
            // `--re` does not keep the tool from deleting fields, also those of other samples.
            mutants.retain(|name, _| self.mutants.contains_key(name));
        }
        let missed = mutants.values().filter(|summary| **summary == Summary::MissedMutant).count();
        let number = self.runs.len();
        self.runs.push(Run { tested: mutants.len(), missed, ..run });
        self.mutants.extend(mutants.into_iter().map(|(name, summary)| (name, (summary, number))));
    }

    /// Those that were missed, and not by a run that needs not be repeated.
    fn missed(&self, is_last: impl Fn(&Run) -> bool) -> Vec<String> {
        let missed = self.mutants.iter().filter(|(_, (summary, run))| {
            *summary == Summary::MissedMutant && !is_last(&self.runs[*run])
        });
        missed.map(|(name, _)| name.clone()).collect()
    }

    fn figures(self, part: &Part, (tested_samples, samples): (usize, usize)) -> Figures {
        let count = |of| self.mutants.values().filter(|(summary, _)| *summary == of).count();
        Figures {
            part: part.name.to_owned(),
            tested: self.mutants.len(),
            caught: count(Summary::CaughtMutant),
            timeout: count(Summary::Timeout),
            unviable: count(Summary::Unviable),
            missed: self.missed(|_| false),
            tool: self.tool,
            samples,
            tested_samples,
            runs: self.runs,
        }
    }
}

/// Whether a run had all tests of the part, as they are now.
fn is_last(run: &Run, part: &Part, tree: &Tree) -> bool {
    run.tests == part.all.typed() && tree.is_as_at(&run.commit)
}

/// As a regular expression that matches only this.
#[must_use]
pub fn escaped(name: &str) -> String {
    let escape =
        |each: char| if r"\.+*?()|[]{}^$".contains(each) { vec!['\\', each] } else { vec![each] };
    name.chars().flat_map(escape).collect()
}

fn file(path: &Path, why: std::io::Error) -> Error {
    Error::File(path.display().to_string(), why)
}
