//! The published documents contain what was measured, and no number is edited by hand.
#![forbid(unsafe_code)]

#[path = "../examples/results/render/mod.rs"]
mod render;

use std::fs;
use std::path::{Path, PathBuf};

use kit::campaign::RANDOM;
use kit::clauses::LAYERS;
use render::published::{BENCHES, FOLDER};
use render::{COMMAND, documents, markdown, template};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files that the documents are rendered from, copied to a place where a test can break them.
fn copied(name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("results").join(name);
    let templates = ["RESULTS.template.md", "README.template.md"];
    let templates = templates.map(|template| format!("{FOLDER}/{template}"));
    let results = BENCHES.iter().map(|bench| format!("{FOLDER}/{}.json", bench.name));
    let others = ["README.md", "tests/fence/baseline.json"].map(str::to_owned);
    for file in results.chain(templates).chain(others) {
        let to = copy.join(&file);
        fs::create_dir_all(to.parent().expect("a file has a folder")).expect("made");
        fs::copy(root().join(&file), to).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    copy
}

/// Why the documents of a broken copy cannot be rendered.
fn refused(copy: &Path) -> String {
    documents(copy).map(|_| "rendered").expect_err("it was broken").to_string()
}

/// Changes a file of a copy.
fn edit(copy: &Path, file: &str, change: impl FnOnce(String) -> String) {
    let path = copy.join(file);
    let text = fs::read_to_string(&path).expect("it was copied");
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing was changed");
    fs::write(path, changed).expect("written");
}

#[test]
fn documents_are_what_the_committed_results_render_to() {
    for document in documents(root()).unwrap_or_else(|error| panic!("{error}")) {
        let committed = fs::read_to_string(root().join(document.path)).unwrap_or_default();
        let mut lines = committed.lines().zip(document.text.lines());
        if let Some((is, should_be)) = lines.find(|(is, should_be)| is != should_be) {
            let path = document.path;
            panic!("{path} is written by `{COMMAND} -- --render`\n  is: {is}\n  not: {should_be}");
        }
        assert_eq!(committed.len(), document.text.len(), "{}", document.path);
    }
}

#[test]
fn no_number_stands_in_a_template_s_table() {
    for name in ["RESULTS.template.md", "README.template.md"] {
        let template = fs::read_to_string(root().join(FOLDER).join(name)).expect("committed");
        let rows = template.lines().filter(|line| line.starts_with('|'));
        let typed = rows.map(|row| template::fill(row, |_, _| Ok(String::new())));
        let typed = typed.map(|row| row.expect("the documents are rendered from it"));
        for row in typed {
            assert!(!row.contains(|each: char| each.is_ascii_digit()), "{name}: {row}");
        }
    }
}

#[test]
fn an_unknown_placeholder_is_refused_with_its_line() {
    let copy = copied("placeholder");
    let template = format!("{FOLDER}/RESULTS.template.md");
    let unknown = [
        ("{{ratio of: async-await}}", "it is not one of those"),
        ("{{ratio: opinion, text hit, ready}}", "there is no style `opinion`"),
        ("{{ratio: async-await, text miss, ready}}", "there is no situation `text miss, ready`"),
        ("{{ratio: async-await}}", "it takes two arguments"),
        ("{{layer: async-await, 65}}", "there is no depth `65`"),
        ("{{ratios", "it has no end"),
    ];
    for (placeholder, why) in unknown {
        fs::write(copy.join(&template), format!("# Results\n\n{placeholder}\n")).expect("written");
        let refused = refused(&copy);
        assert!(refused.contains("RESULTS.template.md: line 3"), "{refused}");
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_missing_file_is_an_error_that_names_its_bench() {
    for bench in &BENCHES {
        let copy = copied("file");
        fs::remove_file(copy.join(FOLDER).join(format!("{}.json", bench.name))).expect("removed");
        let refused = refused(&copy);
        assert!(refused.contains(&format!("`{}`", bench.command)), "{refused}");
    }
}

#[test]
fn a_missing_field_is_an_error_that_names_its_bench() {
    for bench in &BENCHES {
        let copy = copied("field");
        let file = format!("{FOLDER}/{}.json", bench.name);
        edit(&copy, &file, |text| {
            let mut record: Value = serde_json::from_str(&text).expect("JSON");
            let environment = record["environment"].as_object_mut().expect("an environment");
            environment.remove("commit");
            record.to_string()
        });
        let refused = refused(&copy);
        assert!(refused.contains("missing field `commit`"), "{refused}");
        assert!(refused.contains(&format!("`{}`", bench.command)), "{refused}");
    }
}

#[test]
fn counts_of_other_code_than_the_fence_s_are_not_published() {
    let copy = copied("stale");
    let file = "tests/fence/baseline.json";
    edit(&copy, file, |text| {
        let mut fence: Value = serde_json::from_str(&text).expect("JSON");
        fence["plays"]["text hit, ready: async-await"]["allocations"] = 1.into();
        fence.to_string()
    });
    assert!(refused(&copy).contains("async-await has"), "{}", refused(&copy));
}

#[test]
fn times_against_another_baseline_are_not_published() {
    let copy = copied("baseline");
    edit(&copy, &format!("{FOLDER}/compare.json"), |text| {
        text.replacen("straight line", "async-await", 1).replacen("straight line", "async-await", 1)
    });
    assert!(refused(&copy).contains("is async-await"), "{}", refused(&copy));
}

#[test]
fn what_the_readme_says_in_words_is_what_the_code_says() {
    assert_eq!(LAYERS.len(), 9);
    let readme = fs::read_to_string(root().join("README.md")).expect("committed");
    assert!(readme.contains("pipeline of nine layers"));
    for scenarios in RANDOM {
        let words = format!(" {} random scenarios", markdown::grouped(&scenarios.to_string()));
        assert!(readme.contains(&words), "the README does not say{words}");
    }
}

#[test]
fn thousands_are_grouped_and_fractions_are_not() {
    let numbers = ["1234567.12345", "999", "1024 at once", "380–4400", "-61179"];
    let grouped = ["1,234,567.12345", "999", "1,024 at once", "380–4,400", "-61,179"];
    assert_eq!(numbers.map(markdown::grouped), grouped);
}
