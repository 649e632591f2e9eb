//! docs/story.md and its Chinese page: they go together, and what they show of the JavaScript's
//! output is what Node prints. The code blocks are checked in excerpts.rs.
//!
//! `UPDATE=1 cargo test --test story` writes the outputs into the pages, where Node is installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const PAGES: [&str; 2] = ["docs/story.md", "docs/story.zh.md"];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines that begin with `<!-- KIND: `, without this and ` -->`.
fn marks<'page>(page: &'page str, kind: &str) -> Vec<&'page str> {
    let begin = format!("<!-- {kind}: ");
    let mark = |line: &'page str| line.strip_prefix(&begin)?.strip_suffix(" -->");
    page.lines().filter_map(mark).collect()
}

/// The programs of the story: every file there except the stage.
fn programs() -> Vec<String> {
    let folder = fs::read_dir(root("docs/story")).expect("the folder is there");
    let names = folder.map(|entry| entry.expect("it can be read").file_name());
    let names = names.map(|name| name.into_string().expect("a name is text"));
    let mut programs: Vec<_> = names.filter(|name| name != "stage.mjs").collect();
    programs.sort();
    programs.iter().map(|name| format!("docs/story/{name}")).collect()
}

#[test]
fn both_pages_show_the_same_blocks_in_the_same_order() {
    let [english, chinese] = PAGES.map(read);
    for kind in ["excerpt", "output"] {
        assert_eq!(marks(&english, kind), marks(&chinese, kind));
    }
    let blocks = |page: &str| -> Vec<_> {
        page.split("```").skip(1).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(blocks(&english), blocks(&chinese));
}

#[test]
fn every_mistake_that_the_pages_name_is_a_wrong_style() {
    let wrong = read("docs/WRONG-STYLES.md");
    for page in PAGES.map(read) {
        let (_, part) = page.split_once("](WRONG-STYLES.md#callbacks) |").expect("a table");
        let table = part.split("\n\n").next().unwrap_or_default();
        let names: Vec<_> = table.split('`').skip(1).step_by(2).collect();
        let names = names.into_iter().filter(|name| name.contains('_'));
        let unknown: Vec<_> =
            names.clone().filter(|name| !wrong.contains(&format!("| `{name}` |"))).collect();
        assert_eq!(unknown, [""; 0]);
        assert!(names.count() > 12);
    }
}

#[test]
fn every_part_of_every_program_is_shown_and_so_is_its_output() {
    let page = read(PAGES[0]);
    let programs = programs();
    assert_eq!(programs.len(), 6, "{programs:?}");
    let (excerpts, mut outputs) = (marks(&page, "excerpt"), marks(&page, "output"));
    for program in &programs {
        let parts = read(program);
        let parts = parts.lines().filter_map(|line| line.trim().strip_prefix("// ANCHOR: "));
        for part in parts {
            let shown = excerpts.contains(&format!("{program} {part}").as_str());
            assert!(shown, "{part} of {program} is not shown");
        }
    }
    outputs.sort_unstable();
    assert_eq!(outputs, programs);
}

/// Where Node is not installed, the JavaScript is not checked; in CI it is.
#[test]
fn the_javascript_prints_on_node_what_the_pages_show() {
    if Command::new("node").arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "CI needs Node 20");
        println!("node is not installed: the JavaScript is not checked");
        return;
    }
    for page in PAGES {
        let text = read(page);
        let renewed = renewed(&text);
        if renewed != text {
            let update = env::var_os("UPDATE").is_some();
            assert!(update, "an output in {page} is old: UPDATE=1 cargo test --test story");
            fs::write(root(page), renewed).expect("the page can be written");
        }
    }
}

/// The page with what the programs print now. An output is the block below `<!-- output: FILE -->`.
fn renewed(page: &str) -> String {
    let mut renewed = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        renewed.push_str(line);
        renewed.push('\n');
        if let [program] = marks(line, "output")[..] {
            assert_eq!(lines.next(), Some("```text"), "a block stands below {line}");
            assert!(lines.any(|line| line == "```"), "the block below {line} has no end");
            renewed.push_str(&format!("```text\n{}\n```\n", printed(program)));
        }
    }
    renewed
}

fn printed(program: &str) -> String {
    let node = Command::new("node").arg(root(program)).output().expect("node runs");
    let stderr = String::from_utf8_lossy(&node.stderr);
    assert!(node.status.success(), "{program}: {stderr}");
    String::from_utf8(node.stdout).expect("text").trim_end().to_owned()
}
