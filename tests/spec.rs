//! Checks docs/SPEC.md: every clause names a test that exists or says why it has none, and the kit
//! names no other clauses.
//!
//! A clause is a heading ``### 7.4 `name` ``. Its tests stand in docs/SPEC-TESTS.toml, which says how.
//! `UPDATE=1 cargo test --test spec` makes docs/SPEC-TESTS.md of both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kit::clauses::CLAUSES;
use kit::corpus::corpus;
use kit::corpus::late::late;
use kit::corpus::services::services;
use proc_macro2::{TokenStream, TokenTree};

type Number = (u32, u32);

#[derive(Default)]
struct Spec {
    /// In the order of the text.
    clauses: Vec<Clause>,
    sections: Vec<u32>,
    untested: Vec<(Number, String)>,
}

struct Clause {
    number: Number,
    name: String,
    text: String,
    test: Option<String>,
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn number(text: &str) -> Option<Number> {
    let (section, clause) = text.split_once('.')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(section) || !digits(clause) {
        return None;
    }
    Some((section.parse().ok()?, clause.parse().ok()?))
}

/// The texts in backticks, from left to right.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn spec() -> Spec {
    let mut spec = Spec::default();
    let mut untested = false;
    for line in read("docs/SPEC.md").lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let (of, name) = heading.split_once(' ').expect("a number and a name");
            let number = number(of).unwrap_or_else(|| panic!("`{heading}` has no number"));
            let name = quoted(name).next().unwrap_or_else(|| panic!("`{heading}` has no name"));
            let (name, text) = (name.to_owned(), String::new());
            spec.clauses.push(Clause { number, name, text, test: None });
        } else if let Some(heading) = line.strip_prefix("## ") {
            untested = heading == "Untested";
            spec.sections.extend(heading.split(' ').next().and_then(|of| of.parse::<u32>().ok()));
        } else if untested && let Some(item) = line.strip_prefix("- ") {
            let (of, reason) = item.split_once(": ").unwrap_or_else(|| panic!("no reason: {item}"));
            let of = number(of).unwrap_or_else(|| panic!("`{item}` has no number"));
            spec.untested.push((of, reason.to_owned()));
        } else if !untested && let Some(clause) = spec.clauses.last_mut() {
            clause.text.push_str(line);
            clause.text.push('\n');
        }
    }
    let tests: toml::Table = read("docs/SPEC-TESTS.toml").parse().expect("it is TOML");
    for (of, tests) in tests {
        let number = number(&of).unwrap_or_else(|| panic!("`{of}` is no number"));
        let clause = spec.clauses.iter_mut().find(|clause| clause.number == number);
        let clause = clause.unwrap_or_else(|| panic!("there is no clause {of}"));
        clause.test = Some(tests.as_str().expect("tests are a text").to_owned());
    }
    spec
}

/// The wrong styles of tests/wrong: the clause that rejects each, and what it does.
fn wrong_styles() -> Vec<(Number, String)> {
    let source = read("tests/wrong/main.rs");
    let tests = source.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("clause_")?.split_once(": \"")?;
        let (of, _) = rest.split_once('"')?;
        let (_, what) = name.split_once("_rejects_")?;
        Some((number(of)?, what.replace('_', " ")))
    });
    tests.collect()
}

#[test]
fn the_page_of_tests_is_what_the_clauses_and_the_wrong_styles_say() {
    let mut page =
        "# Which test shows which clause\n\nMade from [SPEC-TESTS.toml](SPEC-TESTS.toml) and \
        [tests/wrong](../tests/wrong/main.rs) by `UPDATE=1 cargo test --test spec`. A name that \
        ends in `…` stands for several tests; a name in quotation marks is a conversation of [the \
        corpus](../kit/src/corpus.rs).\n\n| clause | tests | rejects |\n|---|---|---|\n"
            .to_owned();
    let wrong = wrong_styles();
    assert!(wrong.len() > 20, "{} wrong styles were found", wrong.len());
    for Clause { number: (section, clause), name, test, .. } in spec().clauses {
        let tests = test.unwrap_or_else(|| "none, see [Untested](SPEC.md#untested)".to_owned());
        let tests = tests.lines().map(linked).collect::<Vec<_>>().join("<br>");
        let rejects = wrong.iter().filter(|(of, _)| *of == (section, clause));
        let rejects: Vec<_> = rejects.map(|(_, what)| what.as_str()).collect();
        let anchor = format!("{section}{clause}-{name}");
        page.push_str(&format!(
            "| [{section}.{clause}](SPEC.md#{anchor}) `{name}` | {tests} | {} |\n",
            rejects.join("<br>")
        ));
    }
    if read("docs/SPEC-TESTS.md") != page {
        let update = std::env::var_os("UPDATE").is_some();
        assert!(update, "docs/SPEC-TESTS.md is old: UPDATE=1 cargo test --test spec");
        fs::write(root("docs/SPEC-TESTS.md"), page).expect("the page can be written");
    }
}

/// A line of tests with a link to its file.
fn linked(line: &str) -> String {
    let file = quoted(line).next().filter(|name| name.ends_with(".rs"));
    file.map_or(line.to_owned(), |file| {
        line.replacen(&format!("`{file}`"), &format!("[{file}](../{file})"), 1)
    })
}

/// The macros that make tests, and where each is defined.
const MAKERS: [(&str, &str); 2] =
    [("clauses", "tests/styles/mod.rs"), ("wrong", "tests/wrong/main.rs")];

/// The tests in a file: the functions with `#[test]` that are not ignored, and the names from which
/// a macro makes tests. A program without a harness is a test by its `main`.
fn tests(path: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    gather(read(path).parse().expect("sources are Rust"), &mut tests);
    let manifest: toml::Table = read("Cargo.toml").parse().expect("it is TOML");
    let programs = manifest["test"].as_array().expect("a list");
    let without_harness = programs.iter().any(|program| {
        let name = program["name"].as_str().expect("a name");
        let default = format!("tests/{name}.rs");
        let of = program.get("path").and_then(toml::Value::as_str).unwrap_or(&default);
        of == path && program.get("harness").and_then(toml::Value::as_bool) == Some(false)
    });
    if without_harness {
        tests.insert("main".to_owned());
    }
    tests
}

fn gather(tokens: TokenStream, tests: &mut BTreeSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let (mut is_test, mut is_ignored) = (false, false);
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let Some(TokenTree::Group(attribute)) = tokens.peek() else { continue };
                let attribute = attribute.stream().to_string();
                is_test |= attribute == "test";
                is_ignored |= attribute.starts_with("ignore");
                tokens.next();
            }
            TokenTree::Ident(word) if word == "fn" => {
                if let Some(TokenTree::Ident(name)) = tokens.next()
                    && is_test
                    && !is_ignored
                {
                    tests.insert(name.to_string());
                }
                (is_test, is_ignored) = (false, false);
            }
            TokenTree::Ident(word) if word == "macro_rules" => {
                drop(tokens.by_ref().take(3).last()); // what it makes, it makes elsewhere
            }
            TokenTree::Ident(word) if MAKERS.iter().any(|(maker, _)| word == maker) => {
                tokens.next(); // the exclamation mark
                if let Some(TokenTree::Group(made)) = tokens.next() {
                    tests.extend(made_of(made.stream()));
                }
            }
            TokenTree::Group(group) => gather(group.stream(), tests),
            _ => {}
        }
    }
}

/// The names in the call of a macro that makes tests: of functions, or before a text.
fn made_of(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let names = tokens.windows(3).filter_map(|three| match three {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(_)] if word == "fn" => {
            Some(name)
        }
        [TokenTree::Ident(name), TokenTree::Punct(colon), TokenTree::Literal(_)]
            if colon.as_char() == ':' =>
        {
            Some(name)
        }
        _ => None,
    });
    names.map(ToString::to_string).collect()
}

#[test]
fn only_what_the_harness_runs_is_a_test() {
    let mut found = BTreeSet::new();
    let source = "
        fn helper() {}
        #[test] fn real() { fn inner() {} }
        #[test] #[ignore = \"slow\"] fn ignored() {}
        #[cfg(test)] mod tests { #[test] #[should_panic] fn inside() {} fn beside() {} }
        proptest! { #[test] fn property(x in 0..1) {} }
        macro_rules! wrong { ($x:ident) => { #[test] fn defined() {} } }
        struct S { field: &str } const S: S = S { field: \"text\" };
        wrong! { made: \"1.2\" style; }
        clauses! { fn written(style) { helper() } }
    ";
    gather(source.parse().expect("Rust"), &mut found);
    assert_eq!(found, ["inside", "made", "property", "real", "written"].map(str::to_owned).into());
}

#[test]
fn what_makes_tests_makes_tests() {
    for (maker, path) in MAKERS {
        let source = read(path);
        let definition = source.split(&format!("macro_rules! {maker} {{")).nth(1);
        let definition = definition.and_then(|rest| rest.split("\n}").next());
        assert!(definition.is_some_and(|body| body.contains("#[test]")), "{maker} in {path}");
    }
}

#[test]
fn the_version_is_stated() {
    assert!(read("docs/SPEC.md").lines().any(|line| line.starts_with("Version 4.")));
}

#[test]
fn numbers_are_unique_and_ascend_within_their_sections() {
    let spec = spec();
    assert_eq!(spec.sections, (1..=11).collect::<Vec<_>>());
    let mut last = (0, 0);
    for Clause { number, .. } in &spec.clauses {
        let next_in_section = (last.0, last.1 + 1);
        let next_section = (last.0 + 1, 1);
        assert!(
            [next_in_section, next_section].contains(number),
            "{number:?} stands behind {last:?}"
        );
        last = *number;
    }
    let names: BTreeSet<_> = spec.clauses.iter().map(|clause| &clause.name).collect();
    assert_eq!(names.len(), spec.clauses.len(), "two clauses have one name");
}

#[test]
fn each_clause_says_what_must_or_should_be() {
    for Clause { number, text, .. } in spec().clauses {
        let words = ["MUST", "SHOULD"];
        assert!(words.iter().any(|word| text.contains(word)), "{number:?} demands nothing");
    }
}

#[test]
fn each_clause_names_a_test_that_exists_or_says_why_it_has_none() {
    let spec = spec();
    let conversations: BTreeSet<_> = corpus()
        .into_iter()
        .chain(services())
        .chain(late())
        .map(|each| each.scenario.name)
        .collect();
    let mut files = BTreeMap::new();
    let mut wrong = Vec::new();
    for Clause { number, test, .. } in &spec.clauses {
        let excused = spec.untested.iter().any(|(untested, _)| untested == number);
        let Some(test) = test else {
            if !excused {
                wrong.push(format!("{number:?} has no test and no excuse"));
            }
            continue;
        };
        if excused {
            wrong.push(format!("{number:?} has a test and an excuse"));
        }
        let mut file: Option<&str> = None;
        let mut tests = 0;
        for name in quoted(test) {
            if let Some(name) = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
                tests += 1;
                if !conversations.contains(name) {
                    wrong.push(format!("{number:?}: no conversation is called `{name}`"));
                }
            } else if name.ends_with(".rs") {
                if !root(name).is_file() {
                    wrong.push(format!("{number:?}: there is no file {name}"));
                    file = None;
                    continue;
                }
                files.entry(name.to_owned()).or_insert_with(|| self::tests(name));
                file = Some(name);
            } else if let Some(file) = file {
                tests += 1;
                let known = &files[file];
                let exists = match name.strip_suffix('…') {
                    Some(beginning) => known.iter().any(|known| known.starts_with(beginning)),
                    None => known.contains(name),
                };
                if !exists {
                    wrong.push(format!("{number:?}: {file} has no test `{name}`"));
                }
            }
        }
        if tests == 0 {
            wrong.push(format!("{number:?} names no test"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_untested_is_a_clause_and_has_a_reason() {
    let spec = spec();
    for (number, reason) in &spec.untested {
        assert!(spec.clauses.iter().any(|clause| clause.number == *number), "{number:?}");
        assert!(reason.len() > 20, "{number:?}: `{reason}` is no reason");
    }
}

#[test]
fn the_clauses_of_the_kit_have_the_numbers_and_names_of_the_specification() {
    let spec = spec();
    let named: BTreeMap<_, _> =
        spec.clauses.iter().map(|clause| (clause.number, &*clause.name)).collect();
    for clause in CLAUSES {
        let number = number(clause.number).expect("a number");
        assert_eq!(named.get(&number), Some(&clause.name), "{number:?}");
    }
    // The other judges name their clauses in their files, as a string or in a comment.
    let mut found = 0;
    let folders = ["kit/src", "kit/src/campaign", "kit/src/model"];
    for entry in folders.into_iter().flat_map(|of| fs::read_dir(root(of)).expect("the kit")) {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue; // the samples
        }
        let source = fs::read_to_string(&path).expect("text");
        for used in numbers(&source) {
            found += 1;
            let name = named.get(&used);
            let name = name.unwrap_or_else(|| panic!("{path:?} speaks of {used:?}"));
            let written = format!("\"{name}\"");
            assert!(source.contains(&written), "{path:?}: {used:?} is called `{name}`");
        }
    }
    assert!(found > CLAUSES.len(), "only {found} numbers were found in kit/src");
}

/// The numbers of clauses in a file of the kit.
fn numbers(source: &str) -> impl Iterator<Item = Number> {
    let strings = source.split('"').filter_map(number);
    let comments = source.split("Clause ").skip(1).filter_map(|after| {
        let end = after.find(|each: char| !each.is_ascii_digit() && each != '.');
        number(after[..end.unwrap_or(after.len())].trim_end_matches('.'))
    });
    strings.chain(comments)
}

#[test]
fn the_other_documents_speak_of_clauses_that_exist() {
    let spec = spec();
    let known: BTreeSet<_> = spec.clauses.iter().map(|clause| clause.number).collect();
    let mut found = 0;
    for document in ["README.md", "docs/ARCHITECTURE.md", "docs/story.md", "docs/SPEC.md"] {
        for after in read(document).split("lause ").skip(1) {
            let end = after.find(|each: char| !each.is_ascii_digit() && each != '.');
            let of = after[..end.unwrap_or(after.len())].trim_end_matches('.');
            if let Some(of) = number(of) {
                found += 1;
                assert!(known.contains(&of), "{document} speaks of clause {of:?}");
            }
        }
    }
    assert!(found > 0, "no document speaks of a clause by its number");
}
