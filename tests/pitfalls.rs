//! docs/PITFALLS.md and its Chinese page: all that they show is taken from files, and what these
//! files say is run and compared: JavaScript here, rustc's messages in `misuse.rs`, the kit's in
//! `wrong`.
//!
//! Below a mark stands a block with the text of `<!-- file: PATH -->`, with the function or the
//! anchor NAME of `<!-- code: PATH NAME -->`, or with what rustc or the kit says of
//! `<!-- says: FILE OR STYLE -->`.
//!
//! `UPDATE=1 cargo test --test misuse --test pitfalls` writes all of this anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const ENGLISH: &str = "docs/PITFALLS.md";
const CHINESE: &str = "docs/PITFALLS.zh.md";

/// The labels of an entry's parts, in each language.
const LABELS: [(&str, [&str; 4]); 2] = [
    (ENGLISH, ["**Symptom.** ", "**JavaScript.** ", "**Rust.** ", "Test: "]),
    (CHINESE, ["**现象**：", "**JavaScript**：", "**Rust**：", "测试："]),
];

/// One mistake: what stands below a heading `### 7. …`.
struct Entry {
    number: usize,
    heading: String,
    text: String,
    marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq)]
enum Mark {
    File(String),
    Code(String, String),
    Says(String),
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some()
}

impl Mark {
    fn of(line: &str) -> Option<Self> {
        let (kind, of) = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?.split_once(": ")?;
        match kind {
            "file" => Some(Self::File(of.to_owned())),
            "code" => of.split_once(' ').map(|(path, name)| Self::Code(path.into(), name.into())),
            "says" => Some(Self::Says(of.to_owned())),
            _ => None,
        }
    }

    /// The language and the text of the block below it.
    fn block(&self) -> (&'static str, String) {
        match self {
            Self::File(path) if path.ends_with(".mjs") => ("js", read(path)),
            Self::File(path) if path.ends_with(".rs") => ("rust", read(path)),
            Self::File(path) => ("text", read(path)),
            Self::Code(path, name) => ("rust", code(path, name)),
            Self::Says(of) => ("text", said(of)),
        }
    }
}

/// A function, or what stands between the anchors of this name; without its indentation.
fn code(path: &str, name: &str) -> String {
    let source = read(path);
    let begins = |line: &&str| {
        let line = line.trim_start();
        line == format!("// ANCHOR: {name}")
            || line.trim_start_matches("pub ").starts_with(&format!("fn {name}("))
    };
    let mut lines = source.lines().skip_while(|line| !begins(line)).peekable();
    let first = *lines.peek().unwrap_or_else(|| panic!("{path} has no `{name}`"));
    let indent = first.len() - first.trim_start().len();
    let (anchored, end) = match first.contains("ANCHOR") {
        true => (true, format!("// ANCHOR_END: {name}")),
        false => (false, "}".to_owned()),
    };
    let mut text = String::new();
    for line in lines.skip(usize::from(anchored)) {
        let line = line.get(indent..).unwrap_or_default();
        if !line.trim_start().starts_with("// ANCHOR") {
            text += &format!("{line}\n");
        }
        if line == end {
            return text;
        }
    }
    panic!("`{name}` in {path} has no end")
}

/// What rustc says of a file of tests/misuse, or the kit of a wrong style.
fn said(of: &str) -> String {
    let Some(file) = of.strip_prefix("tests/misuse/") else {
        let all = read("docs/pitfalls/kit.txt");
        let said = all.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(": "));
        return said.unwrap_or_else(|| panic!("kit.txt says nothing of {of}")).to_owned() + "\n";
    };
    let (folder, name) = file.trim_end_matches(".rs").split_once('/').expect("a file in a folder");
    let all = read(&format!("docs/pitfalls/rustc/{folder}.txt"));
    let said = all.split("\n\n").find_map(|part| part.strip_prefix(name)?.strip_prefix('\n'));
    said.unwrap_or_else(|| panic!("rustc says nothing of {of}")).trim_end().to_owned() + "\n"
}

fn entries(page: &str) -> Vec<Entry> {
    let text = read(page);
    let parts = text.split("\n### ").skip(1).map(|part| {
        let part = part.split("\n## ").next().unwrap_or(part);
        let (heading, text) = part.split_once('\n').expect("a text below its heading");
        let (number, _) = heading.split_once(". ").expect("a number");
        Entry {
            number: number.parse().expect("digits"),
            heading: heading.to_owned(),
            text: text.to_owned(),
            marks: text.lines().filter_map(Mark::of).collect(),
        }
    });
    parts.collect()
}

#[test]
fn every_block_is_the_current_text_of_its_file() {
    if is_set("UPDATE") {
        for script in scripts() {
            fs::write(root(&output(&script)), printed(&script)).expect("it can be written");
        }
    }
    for page in [ENGLISH, CHINESE] {
        let text = read(page);
        let mut renewed = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            renewed += &format!("{line}\n");
            if let Some(mark) = Mark::of(line) {
                let (language, block) = mark.block();
                let fence = lines.next().unwrap_or_default();
                assert!(fence.starts_with("```"), "{page}: no block below {mark:?}");
                lines.find(|line| *line == "```").expect("a block ends");
                renewed += &format!("```{language}\n{block}```\n");
            }
        }
        if renewed != text {
            assert!(is_set("UPDATE"), "{page}: UPDATE=1 cargo test --test pitfalls");
            fs::write(root(page), renewed).expect("the page can be written");
        }
        let blocks = text.lines().filter(|line| line.starts_with("```")).count() / 2;
        assert_eq!(blocks, text.lines().filter_map(Mark::of).count(), "{page}: an unmarked block");
    }
}

#[test]
fn every_entry_has_its_parts_in_their_order() {
    for (page, labels) in LABELS {
        let entries = entries(page);
        assert!(entries.len() >= 30, "{page} has {} entries", entries.len());
        for (at, Entry { number, heading, text, marks }) in entries.iter().enumerate() {
            assert_eq!(*number, at + 1, "{heading}");
            let found = labels.map(|label| {
                let mut at = text.lines().enumerate().filter(|(_, line)| line.starts_with(label));
                let first = at.next().unwrap_or_else(|| panic!("{heading}: {label}")).0;
                assert!(at.next().is_none(), "{heading}: {label} twice");
                first
            });
            assert!(found.is_sorted(), "{heading}: {found:?}");
            let [Mark::File(script), Mark::File(output), rust, says @ ..] = &marks[..] else {
                panic!("{heading}: {marks:?}");
            };
            assert!(script.starts_with(&format!("docs/pitfalls/{number:02}_")), "{heading}");
            assert_eq!(*output, self::output(script), "{heading}");
            match (rust, says) {
                (Mark::File(file), [Mark::Says(of)]) => assert_eq!(file, of, "{heading}"),
                (Mark::Code(file, _), [Mark::Says(_)]) => {
                    assert_eq!(file, "tests/wrong/async_await.rs", "{heading}");
                }
                (Mark::Code(file, _), []) => assert!(file.contains("tests/"), "{heading}"),
                other => panic!("{heading}: {other:?}"),
            }
        }
    }
}

#[test]
fn both_pages_show_the_same_in_the_same_order() {
    let shown = |page| entries(page).into_iter().map(|entry| entry.marks).collect::<Vec<_>>();
    assert_eq!(shown(ENGLISH), shown(CHINESE));
    let tests = |(page, [.., label]): (&str, [&str; 4])| {
        let named = entries(page).into_iter().map(|entry| tests(&entry, label));
        named.collect::<Vec<_>>()
    };
    assert_eq!(tests(LABELS[0]), tests(LABELS[1]));
}

#[test]
fn every_script_is_shown() {
    let marks: Vec<_> = entries(ENGLISH).into_iter().flat_map(|entry| entry.marks).collect();
    for path in scripts() {
        assert!(marks.contains(&Mark::File(path.clone())), "{path}");
        let lines = read(&path).lines().count();
        assert!((10..=25).contains(&lines), "{path} has {lines} lines");
    }
}

/// The scripts of the entries.
fn scripts() -> Vec<String> {
    let files = fs::read_dir(root("docs/pitfalls")).expect("the folder is there");
    let files = files.map(|file| file.expect("it is readable").file_name());
    let names = files.map(|name| name.into_string().expect("names are text"));
    let scripts = names.filter(|name| name.starts_with(|digit: char| digit.is_ascii_digit()));
    let scripts = scripts.filter(|name| name.ends_with(".mjs"));
    scripts.map(|name| format!("docs/pitfalls/{name}")).collect()
}

/// Where Node is not installed, the JavaScript is not checked; in CI it is.
#[test]
fn node_prints_what_is_shown() {
    if Command::new("node").arg("--version").output().is_err() {
        assert!(!is_set("CI"), "CI needs Node 20");
        println!("node is not installed: the JavaScript is not checked");
        return;
    }
    if is_set("UPDATE") {
        return; // they are being written
    }
    for script in scripts() {
        assert_eq!(printed(&script), read(&output(&script)), "{script}");
    }
}

fn output(script: &str) -> String {
    script.replace(".mjs", ".txt")
}

fn printed(script: &str) -> String {
    let node = Command::new("node").arg(root(script)).output().expect("node runs");
    String::from_utf8(node.stdout).expect("text")
}

/// The file of an entry's test, and the names of its functions.
fn tests(entry: &Entry, label: &str) -> (String, Vec<String>) {
    let line = entry.text.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_default();
    let mut quoted = line.split('`').skip(1).step_by(2).map(str::to_owned);
    let file = quoted.next().unwrap_or_else(|| panic!("{}: no test", entry.heading));
    assert!(line.contains(&format!("[`{file}`](../{file})")), "{}: {line}", entry.heading);
    (file, quoted.collect())
}

#[test]
fn every_entry_names_the_test_that_shows_it() {
    for entry in entries(ENGLISH) {
        let (file, names) = tests(&entry, "Test: ");
        let (heading, source) = (&entry.heading, read(&file));
        for name in &names {
            let is_there = [format!("fn {name}("), format!("{name}: \"")];
            let is_there = is_there.iter().any(|each| source.contains(each));
            assert!(is_there, "{heading}: {file} has no {name}");
        }
        match &entry.marks[2..] {
            [Mark::File(shown), _] => assert_eq!((shown, names.len()), (&file, 0), "{heading}"),
            [Mark::Code(..), Mark::Says(style)] => {
                // As tests/wrong/main.rs lists them: its name, the clause, the style.
                let clause = clause(style);
                let listed = format!("{}: \"{clause}\" {style};", names[0]);
                assert!(source.contains(&listed), "{heading}: {file} has no `{listed}`");
                let said = said(style);
                let number = said.strip_prefix("clause ").and_then(|said| said.split_once(' '));
                let (number, name) = number.expect("a number and a name");
                let name = name.split(['(', ')']).nth(1).expect("a name in brackets");
                assert_eq!(number, clause, "{heading}");
                let in_spec = format!("\n### {number} `{name}`\n");
                assert!(read("docs/SPEC.md").contains(&in_spec), "{heading}: {in_spec}");
            }
            [Mark::Code(..)] => assert!(!names.is_empty(), "{heading} names no test"),
            marks => panic!("{heading}: {marks:?}"),
        }
    }
}

/// The clause by which the kit rejects a style.
fn clause(style: &str) -> String {
    let all = read("tests/wrong/main.rs");
    let line = all.lines().find(|line| line.ends_with(&format!(" {style};")));
    let line = line.unwrap_or_else(|| panic!("no test of {style}"));
    line.split('"').nth(1).expect("a clause in quotes").to_owned()
}

/// What an entry's verdict is called: the codes of rustc's errors, or the number of a clause.
fn verdict(entry: &Entry) -> BTreeSet<String> {
    match entry.marks.last() {
        Some(Mark::Says(file)) if file.ends_with(".rs") => {
            let first = read(file).lines().next().unwrap_or_default().to_owned();
            let codes = first.strip_prefix("//@ error: ").expect("the first line names the codes");
            codes.split(' ').map(str::to_owned).collect()
        }
        Some(Mark::Says(style)) => BTreeSet::from([clause(style)]),
        _ => BTreeSet::new(),
    }
}

#[test]
fn the_errors_shown_are_those_that_misuse_expects() {
    for entry in entries(ENGLISH) {
        let Some(Mark::Says(file)) = entry.marks.last() else { continue };
        if file.ends_with(".rs") {
            let said = said(file);
            let codes = said.lines().map(|line| {
                let code = line.strip_prefix("error[").and_then(|line| line.split(']').next());
                let lint = line.rsplit('(').next().map(|lint| lint.trim_end_matches(')'));
                code.or(lint).expect("a code").to_owned()
            });
            assert_eq!(codes.collect::<BTreeSet<_>>(), verdict(&entry), "{}", entry.heading);
        }
    }
}

/// The table at the head: a row for each entry, with who notices in JavaScript and in Rust.
#[test]
fn the_table_lists_every_entry_and_who_notices() {
    for page in [ENGLISH, CHINESE] {
        let text = read(page);
        let rows: Vec<Vec<_>> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
            .map(|row| row.split(" | ").collect())
            .filter(|row: &Vec<&str>| row[0].parse::<usize>().is_ok())
            .collect();
        let entries = entries(page);
        assert_eq!(rows.len(), entries.len(), "{page}");
        for (row, entry) in rows.iter().zip(&entries) {
            let [number, title, javascript, rust] = row[..] else { panic!("{row:?}") };
            let linked = title.strip_prefix('[').and_then(|title| title.split("](#").next());
            let heading = format!("{number}. {}", linked.unwrap_or_default());
            assert_eq!(heading, entry.heading, "{page}");
            assert!(!javascript.is_empty(), "{page}: {row:?}");
            let named = rust.split([' ', '`', '，', ',', ';', '；', '[', ']']);
            let named = named.filter(|word| {
                word.starts_with("E0")
                    || *word == "unused_must_use"
                    || word.split_once('.').is_some_and(|(section, clause)| {
                        section.parse::<u32>().is_ok() && clause.parse::<u32>().is_ok()
                    })
            });
            let named: BTreeSet<_> = named.map(str::to_owned).collect();
            assert_eq!(named, verdict(entry), "{page}: {row:?}");
        }
    }
}

#[test]
fn the_introduction_counts_who_notices() {
    for page in [ENGLISH, CHINESE] {
        let entries = entries(page);
        let rejected = |by: fn(&str) -> bool| {
            let says = entries.iter().filter_map(|entry| entry.marks.last());
            says.filter(|mark| matches!(mark, Mark::Says(of) if by(of))).count()
        };
        let (rustc, kit) = (rejected(|of| of.ends_with(".rs")), rejected(|of| !of.contains('.')));
        let counts = [entries.len(), rustc, kit, entries.len() - rustc - kit];
        let text = read(page);
        let (introduction, _) = text.split_once("\n## ").expect("a section");
        let told = introduction.lines().rfind(|line| !line.is_empty()).expect("a last line");
        let told = told.split(|each: char| !each.is_ascii_digit());
        let told: Vec<usize> = told.filter_map(|number| number.parse().ok()).collect();
        assert_eq!(told, counts, "{page}");
    }
}
