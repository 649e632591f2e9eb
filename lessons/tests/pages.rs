//! The pages of the lessons: they show the files as they are, in two languages that go together,
//! and the four programs of a lesson have one shape.
//!
//! `UPDATE=1 cargo test -p lessons` writes the files into the pages.

use std::path::{Path, PathBuf};
use std::{env, fs};

use lessons::{LESSONS, Lesson};
use syn::Item;

const PAGES: [&str; 2] = ["README.md", "README.zh.md"];

fn folder(lesson: &Lesson) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(lesson.name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_code_block_is_the_files_current_text() {
    for lesson in LESSONS {
        for page in PAGES {
            let path = folder(lesson).join(page);
            let text = read(&path);
            let (renewed, shown) = renewed(&text, &folder(lesson));
            let files = lesson.programs.iter().map(|program| program.file);
            for file in files.chain(["original.mjs", "output.txt"]) {
                assert!(shown.iter().any(|each| each == file), "{path:?} does not show {file}");
            }
            if renewed != text {
                let update = env::var_os("UPDATE").is_some();
                assert!(update, "{path:?} is not up to date: UPDATE=1 cargo test -p lessons");
                fs::write(&path, renewed).expect("the page can be written");
            }
        }
    }
}

/// The page with the current text of the files that it shows, and which these are. A block below
/// `<!-- file: NAME -->` is a whole file, below `<!-- part: NAME -->` a part of one.
fn renewed(page: &str, folder: &Path) -> (String, Vec<String>) {
    let (mut renewed, mut shown) = (String::new(), Vec::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        renewed.push_str(line);
        renewed.push('\n');
        let file = line.strip_prefix("<!-- file: ").and_then(|line| line.strip_suffix(" -->"));
        if let Some(file) = file {
            let fence = lines.next().expect("a block stands below its mark");
            assert!(fence.starts_with("```"), "{file}: {fence}");
            lines.by_ref().find(|line| *line == "```").expect("the block ends");
            let text = read(&folder.join(file));
            renewed.push_str(&format!("{fence}\n{}\n```\n", text.trim_end()));
            shown.push(file.to_owned());
        }
        let part = line.strip_prefix("<!-- part: ").and_then(|line| line.strip_suffix(" -->"));
        if let Some(part) = part {
            let text = read(&folder.join(part));
            let block: Vec<_> = lines.clone().skip(1).take_while(|line| *line != "```").collect();
            assert!(
                text.contains(&block.join("\n")),
                "{folder:?}: this is not in {part}: {block:?}"
            );
        }
    }
    (renewed, shown)
}

#[test]
fn the_four_programs_of_a_lesson_declare_the_same_items() {
    for lesson in LESSONS {
        let names = lesson.programs.each_ref().map(|program| names(program.source));
        for (program, found) in lesson.programs.iter().zip(&names) {
            assert_eq!(*found, names[0], "{}/{}", lesson.name, program.file);
            assert_eq!(found.last().map(String::as_str), Some("run"), "{}", lesson.name);
        }
    }
}

fn names(source: &str) -> Vec<String> {
    let file = syn::parse_file(source).expect("programs are Rust");
    let names = file.items.iter().filter_map(|item| match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Struct(item) => Some(&item.ident),
        _ => None,
    });
    names.map(ToString::to_string).collect()
}

#[test]
fn a_program_has_ten_to_thirty_lines() {
    for lesson in LESSONS {
        for program in &lesson.programs {
            let lines = program.source.lines().filter(|line| !line.trim().is_empty()).count();
            assert!((10..=30).contains(&lines), "{}/{}: {lines}", lesson.name, program.file);
            assert!(program.source.starts_with("//! "), "{}/{}", lesson.name, program.file);
        }
    }
}

#[test]
fn every_page_has_its_sections_and_leads_on() {
    let sections = [
        ["## The question", "## Guess first", "## Node", "## Rust", "## What they print"],
        ["## 问题", "## 先猜一猜", "## Node", "## Rust", "## 输出"],
    ];
    let endings =
        [["## What the compiler catches", "## Try"], ["## 编译器能发现什么", "## 动手试试"]];
    for (at, lesson) in LESSONS.iter().enumerate() {
        for (page, (sections, endings)) in PAGES.iter().zip(sections.iter().zip(&endings)) {
            let text = read(&folder(lesson).join(page));
            let found: Vec<_> = text.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(found, [&sections[..], &endings[..]].concat(), "{}/{page}", lesson.name);
            if let Some(next) = LESSONS.get(at + 1) {
                let link = format!("(../{}/{page})", next.name);
                assert!(text.contains(&link), "{}/{page} does not lead to {link}", lesson.name);
            }
        }
    }
}
