//! What the documents show as the output of a command is what the command prints. `...` stands for
//! any lines and `[..]` for any text, where what is printed differs from run to run.

use std::process::Command;
use std::{env, fs};

use snapbox::assert_data_eq;

/// The commands of a document, each with the output that it shows.
fn shown(document: &str) -> Vec<(String, String)> {
    let path = format!("{}/{document}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let blocks = text.split("```console\n").skip(1).filter_map(|block| block.split("```").next());
    let commands = blocks.flat_map(|block| block.split("$ ").skip(1)).map(|each| {
        let (command, output) = each.split_once('\n').expect("an output stands below its command");
        (command.to_owned(), format!("{}\n", output.trim_end()))
    });
    commands.collect()
}

/// What a command prints; it may read a file, after `<`. What the documents run as a release is run as it is built for this test:
/// both print the same, but for times.
fn printed(command: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let (command, input) = match command.split_once(" < ") {
        Some((command, path)) => (command, Some(format!("{root}/{path}"))),
        None => (command, None),
    };
    let mut run = match command.strip_prefix("cargo run --release") {
        Some(arguments) => {
            let mut run = Command::new(env!("CARGO_BIN_EXE_four-ways"));
            run.args(words(arguments.trim_start_matches(" --")));
            run
        }
        None => {
            let arguments = command.strip_prefix("cargo ").expect("only cargo is run");
            let mut run = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            run.args(words(arguments));
            run
        }
    };
    run.env("LC_ALL", "C"); // the lessons have two languages
    if let Some(path) = input {
        run.stdin(fs::File::open(path).expect("the file is there"));
    }
    let run = run.current_dir(root).output().expect("it can be run");
    let stderr = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "$ {command}\n{stderr}");
    String::from_utf8(run.stdout).expect("text")
}

fn words(arguments: &str) -> impl Iterator<Item = &str> {
    arguments.split_whitespace().filter(|word| !word.starts_with('#'))
}

fn compare(document: &str, commands: usize) {
    let shown = shown(document);
    assert_eq!(shown.len(), commands, "{document} shows another number of commands");
    for (command, output) in shown {
        assert_data_eq!(printed(&command), snapbox::Data::text(output));
    }
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    compare("README.md", 1);
    compare("README.zh.md", 1);
}

#[test]
fn the_lessons_are_listed_as_their_pages_show() {
    compare("lessons/README.md", 1);
    compare("lessons/README.zh.md", 1);
}

#[test]
fn the_examples_print_what_their_page_shows() {
    compare("examples/README.md", 6);
}

#[test]
fn the_story_shows_what_its_command_prints() {
    compare("docs/story.md", 1);
}

#[test]
fn the_page_about_chat_shows_what_is_said() {
    compare("docs/CHAT.md", 2);
    compare("docs/CHAT.zh.md", 2);
}
