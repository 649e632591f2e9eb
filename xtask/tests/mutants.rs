//! The published figures of the mutants, and the list of those that no test can notice.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use four_ways::measure::results::Mutants;
use xtask::mutants::outcome::{Outcomes, Summary};
use xtask::mutants::part::PARTS;
use xtask::mutants::run::escaped;
use xtask::mutants::tree::Tree;
use xtask::published::record;
use xtask::results::root;
use xtask::survivor::{Survivors, unplaced};

fn published() -> Mutants {
    record::<Mutants>(root()).unwrap_or_else(|error| panic!("{error}")).results
}

fn list() -> Survivors {
    Survivors::read(root()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn each_mutant_that_was_missed_is_listed_with_its_reason_and_no_other_is() {
    let missed: BTreeSet<_> =
        published().0.iter().flat_map(|part| &part.missed).map(|name| unplaced(name)).collect();
    let listed: BTreeSet<_> = list().names().collect();
    let unlisted: Vec<_> = missed.difference(&listed).collect();
    assert!(unlisted.is_empty(), "write a test, or say why none can notice: {unlisted:#?}");
    let caught: Vec<_> = listed.difference(&missed).collect();
    assert!(caught.is_empty(), "these were not missed: {caught:#?}");
}

#[test]
fn what_is_listed_is_in_the_code() {
    for survivor in list().survivor {
        let code = fs::read_to_string(root().join(&survivor.file));
        let code = code.unwrap_or_else(|error| panic!("{}: {error}", survivor.file));
        assert!(!survivor.why.is_empty());
        for change in &survivor.changes {
            let function = function(change);
            let is_there = code.contains(&format!("fn {function}"));
            assert!(is_there, "{}: there is no {function} to `{change}`", survivor.file);
        }
    }
    for files in list().left_out.into_iter().flat_map(|left_out| left_out.files) {
        let path = root().join(files.trim_end_matches("/**"));
        assert!(path.exists(), "{files} is no file");
    }
}

/// The last name of the function in which cargo-mutants makes this change.
fn function(change: &str) -> &str {
    let of = match change.rsplit_once(" in ") {
        Some((_, function)) => function,
        None => {
            let after = change.strip_prefix("replace ").expect("a replaced function");
            after
                .split(" -> ")
                .next()
                .and_then(|before| before.split(" with ").next())
                .expect("one")
        }
    };
    of.rsplit("::").next().expect("a name")
}

#[test]
fn the_figures_add_up() {
    for part in published().0 {
        let sum = part.caught + part.timeout + part.unviable + part.missed.len();
        assert_eq!(part.tested, sum, "{}", part.part);
        assert!((1..=part.samples).contains(&part.tested_samples), "{}", part.part);
        let sampled: usize =
            part.runs.iter().filter(|run| run.sample.is_some()).map(|run| run.tested).sum();
        assert_eq!(part.tested, sampled, "{}: the later runs test nothing new", part.part);
    }
}

#[test]
fn each_part_names_files_and_tests_that_exist() {
    for part in &PARTS {
        for files in part.files {
            let folder = files.strip_suffix("/**").expect("all files of a folder");
            assert!(root().join(folder).is_dir(), "{files}");
        }
        for tests in [&part.first, &part.all] {
            for target in tests.targets {
                let Some(name) = target.strip_prefix("--test=") else { continue };
                let is_there = tests.packages.iter().any(|package| {
                    let folder = if *package == "four-ways" { "." } else { package };
                    let tests = root().join(folder).join("tests");
                    [format!("{name}.rs"), format!("{name}/main.rs")]
                        .iter()
                        .any(|file| tests.join(Path::new(file)).exists())
                });
                assert!(is_there, "{}: no package has a test {name}", part.name);
            }
        }
    }
}

#[test]
fn the_last_outcome_of_the_tool_is_read_and_the_baseline_is_no_mutant() {
    let text = r#"{"cargo_mutants_version": "1", "outcomes": [
        {"scenario": "Baseline", "summary": "Success"},
        {"scenario": {"Mutant": {"name": "a.rs:1:2: replace f with ()"}}, "summary": "Timeout"}]}"#;
    let outcomes: Outcomes = serde_json::from_str(text).expect("the tool's form");
    let mutants: Vec<_> = outcomes.mutants().into_iter().collect();
    assert_eq!(mutants, [("a.rs:1:2: replace f with ()".to_owned(), Summary::Timeout)]);
}

#[test]
fn a_name_without_its_place_is_the_same_after_the_line_has_moved() {
    let names =
        ["a/b.rs:1:2: replace f -> A::B with C in d", "a/b.rs:3:4: replace f -> A::B with C in d"];
    assert_eq!(names.map(unplaced), ["a/b.rs: replace f -> A::B with C in d"; 2]);
}

#[test]
fn a_name_is_escaped_so_that_it_matches_only_itself() {
    assert_eq!(
        escaped("a.rs:1: replace * with <X> in f(&[T])"),
        r"a\.rs:1: replace \* with <X> in f\(&\[T\]\)"
    );
}

/// A new repository with one file.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants").join(name);
        let _ = fs::remove_dir_all(&folder); // of an earlier run
        fs::create_dir_all(folder.join("src")).expect("made");
        let repository = Self(folder);
        repository.git(&["init", "--quiet"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
        let git = Command::new("git").current_dir(&self.0).args(identity).args(arguments).status();
        assert!(git.expect("git is installed").success(), "{arguments:?}");
    }

    fn write(&self, text: &str) {
        fs::write(self.0.join("src/lib.rs"), text).expect("written");
    }

    fn commit(&self, text: &str) {
        self.write(text);
        self.git(&["add", "src"]);
        self.git(&["commit", "--quiet", "--message", "a change"]);
    }

    fn tree(&self) -> Result<Tree, String> {
        Tree::renew(&self.0, self.0.join("target/tree")).map_err(|error| error.to_string())
    }
}

#[test]
fn what_was_found_is_kept_when_only_tests_have_changed() {
    let repository = Repository::new("kept");
    repository.commit("fn f() {}\n");
    let first = repository.tree().expect("a clone").commit;
    for tests in ["", " fn g() {} "] {
        repository.commit(&format!("fn f() {{}}\n\n#[cfg(test)]\nmod tests {{{tests}}}\n"));
        assert!(repository.tree().expect("a clone").has_same(&["src/**"], &first));
    }
    repository.commit("fn f() { return }\n#[cfg(test)]\nmod tests { fn g() {} }\n");
    let changed = repository.tree().expect("a clone");
    assert!(!changed.has_same(&["src/**"], &first));
    assert!(changed.has_same(&["other/**"], &first));
    assert!(!changed.has_same(&["src/**"], "0000000000000000000000000000000000000000"));
}

#[test]
fn what_was_missed_is_not_tested_again_when_only_documents_have_changed() {
    let repository = Repository::new("documents");
    repository.commit("fn f() {}\n");
    let first = repository.tree().expect("a clone").commit;
    fs::create_dir_all(repository.0.join("docs")).expect("made");
    fs::write(repository.0.join("docs/page.md"), "page").expect("written");
    repository.git(&["add", "docs"]);
    repository.git(&["commit", "--quiet", "--message", "a page"]);
    assert!(repository.tree().expect("a clone").is_as_at(&first));
    repository.commit("fn f() {}\n#[cfg(test)]\nmod tests {}\n");
    assert!(!repository.tree().expect("a clone").is_as_at(&first));
}

#[test]
fn a_clone_has_the_last_commit_whatever_a_run_has_left_in_it() {
    let repository = Repository::new("clone");
    repository.commit("fn f() {}\n");
    let file = repository.tree().expect("a clone").folder.join("src/lib.rs");
    fs::write(&file, "fn f() { mutated() }\n").expect("written");
    repository.tree().expect("a clone");
    assert_eq!(fs::read_to_string(&file).expect("there"), "fn f() {}\n");
}

#[test]
fn what_is_not_committed_is_not_tested() {
    let repository = Repository::new("uncommitted");
    repository.commit("fn f() {}\n");
    repository.write("fn g() {}\n");
    let refused = repository.tree().map(|tree| tree.commit).expect_err("a changed file");
    assert!(refused.contains("commit these changes first:\nM src/lib.rs"), "{refused}");
}
