//! `docs/WRONG-STYLES.md`: which clause rejects which wrong style. It is made of what the kit has
//! said, and of what rustc has said: `UPDATE=1 cargo test --test wrong`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kit::run::{Replay, play};
use kit::{clauses, difference, model};

use crate::{Wrong, all, known};

/// The style of each folder and each table.
const STYLES: [(&str, &str); 4] = [
    ("callbacks", "callbacks"),
    ("promises", "promises"),
    ("generators", "generators"),
    ("async_await", "async/await"),
];

const HEAD: &str = "# Which clause rejects which wrong style

These styles are wrong on purpose, each by one mistake that people make in that style. The \
[kit](GLOSSARY.md#the-proof) judges each alone, then beside a style that is right. This page is \
made of what it has said: `UPDATE=1 cargo test --test wrong`. The clauses are those of \
[SPEC](SPEC.md).

- ● is the clause by which the kit rejects the style: the first that a run broke.
- ○ is another clause that the same run broke, mostly as a consequence. 9.1 is broken when the \
  run differs from that of a style that is right. 9.2 and 9.6 are shown only where they reject.

Mistakes that do not compile are [at the end](#mistakes-that-do-not-compile).
";

#[test]
fn the_page_of_wrong_styles_is_what_was_seen() {
    let path = root("docs/WRONG-STYLES.md");
    let page = page();
    if fs::read_to_string(&path).unwrap_or_default() != page {
        let update = std::env::var_os("UPDATE").is_some();
        assert!(update, "docs/WRONG-STYLES.md is old: UPDATE=1 cargo test --test wrong");
        fs::write(path, page).expect("the page can be written");
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let broken: Vec<_> = all().map(|wrong| (wrong, broken(wrong))).collect();
    let columns: BTreeSet<_> =
        broken.iter().flat_map(|(_, broken)| broken.iter().map(|clause| order(clause))).collect();
    let number = |(section, clause): &(u32, u32)| format!("{section}.{clause}");
    let columns: Vec<String> = columns.iter().map(number).collect();
    page += &format!("\n## The matrix\n\n| wrong style | {} |\n", columns.join(" | "));
    page += &format!("|---|{}\n", ":-:|".repeat(columns.len()));
    for (of, style) in STYLES {
        page += &format!("| **{style}** |{}\n", " |".repeat(columns.len()));
        for (wrong, broken) in broken.iter().filter(|(wrong, _)| wrong.of == of) {
            let cells = columns.iter().map(|clause| match clause {
                clause if clause == wrong.seen().violation.clause => " ● |",
                clause if broken.contains(clause.as_str()) => " ○ |",
                _ => " |",
            });
            page += &format!("| `{}` |{}\n", wrong.name, cells.collect::<String>());
        }
    }
    for (of, style) in STYLES {
        page += &format!(
            "\n## {style}\n\n[tests/wrong/{of}.rs](../tests/wrong/{of}.rs)\n\n\
             | wrong style | what is rejected | by the clause | seen in the scenario |\n\
             |---|---|---|---|\n"
        );
        for (wrong, _) in broken.iter().filter(|(wrong, _)| wrong.of == of) {
            let rejection = wrong.seen();
            let violation = &rejection.violation;
            let (_, what) = wrong.test.split_once("_rejects_").expect("what is rejected");
            page += &format!(
                "| `{}` | {} | {} `{}` | {} |\n",
                wrong.name,
                what.replace('_', " "),
                violation.clause,
                violation.name,
                rejection.scenario.name
            );
        }
    }
    page + &not_compiled()
}

/// The clauses that the run broke in which the style was rejected.
fn broken(wrong: &Wrong) -> BTreeSet<&'static str> {
    let rejection = wrong.seen();
    let (script, scenario) = (rejection.scenario.script(), &*rejection.scenario);
    let report = play(&(wrong.style)(), &script, &mut Replay(rejection.choices.iter()));
    let right = play(&known(), &script, &mut Replay(rejection.choices.iter()));
    let serial = model::serial(scenario, &report).err();
    let different = difference::compare(("right", &right), ("wrong", &report)).err();
    let seen = clauses::broken(scenario, &report).chain(serial).chain(different);
    seen.map(|violation| violation.clause).chain([rejection.violation.clause]).collect()
}

/// The section and the number in it, by which clauses are ordered.
fn order(clause: &str) -> (u32, u32) {
    let (section, number) = clause.split_once('.').expect("two numbers");
    (section.parse().expect("digits"), number.parse().expect("digits"))
}

/// What rustc has said of the files in `tests/misuse`; `tests/misuse.rs` holds it to what it says.
fn not_compiled() -> String {
    let mut page = "\n## Mistakes that do not compile\n\nThey are files in \
                    [tests/misuse](../tests/misuse), and [tests/misuse.rs](../tests/misuse.rs) \
                    compiles each. What rustc says is in [pitfalls/rustc](pitfalls/rustc).\n\n\
                    | style | mistake | what rustc says |\n|---|---|---|\n"
        .to_owned();
    for (of, style) in STYLES {
        let said = fs::read_to_string(root(&format!("docs/pitfalls/rustc/{of}.txt")));
        let said = said.expect("it was written by the test of the mistakes");
        for mistake in said.trim_end().split("\n\n").skip(1) {
            let (name, messages) = mistake.split_once('\n').expect("a message");
            let messages = messages.replace('|', "\\|").replace('\n', "<br>");
            page +=
                &format!("| {style} | [`{name}`](../tests/misuse/{of}/{name}.rs) | {messages} |\n");
        }
    }
    page
}
