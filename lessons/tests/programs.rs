//! What the lessons say that a program prints is what it prints.

use std::process::Command;

use lessons::lesson::ORIGINAL;
use lessons::{LESSONS, stage};

#[test]
fn every_program_prints_what_its_lesson_shows() {
    for lesson in LESSONS {
        for program in &lesson.programs {
            let expected = lesson.expected(program.file);
            let expected = expected.unwrap_or_else(|| panic!("{}: no output", lesson.name));
            let printed = stage::run(program.run);
            assert_eq!(printed.trim_end(), expected, "{}/{}", lesson.name, program.file);
        }
    }
}

#[test]
fn no_output_is_shown_that_nobody_prints() {
    for lesson in LESSONS {
        let files = lesson.programs.iter().map(|program| program.file);
        let files: Vec<_> = files.chain([ORIGINAL]).collect();
        let mut unnamed = files.clone();
        for (names, _) in lesson.blocks() {
            let named: Vec<_> =
                if names == "all" { files.clone() } else { names.split(", ").collect() };
            for name in named {
                let at = unnamed.iter().position(|file| *file == name);
                unnamed.remove(at.unwrap_or_else(|| panic!("{}: {name}", lesson.name)));
            }
        }
        assert!(unnamed.is_empty(), "{}: nothing is shown of {unnamed:?}", lesson.name);
    }
}

/// Where Node is not installed, the JavaScript is not checked; in CI it is.
#[test]
fn the_javascript_prints_on_node_what_its_lesson_shows() {
    if Command::new("node").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI needs Node 20");
        println!("node is not installed: the JavaScript is not checked");
        return;
    }
    for lesson in LESSONS {
        let file = format!("{}/{}/{ORIGINAL}", env!("CARGO_MANIFEST_DIR"), lesson.name);
        let node = Command::new("node").arg(&file).output().expect("node runs");
        let printed = String::from_utf8(node.stdout).expect("text");
        let stderr = String::from_utf8_lossy(&node.stderr);
        assert_eq!(Some(printed.trim_end()), lesson.expected(ORIGINAL), "{file}\n{stderr}");
    }
}
