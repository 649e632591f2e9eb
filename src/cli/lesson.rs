//! `lesson`: the list of lessons, or one of them, its programs run at that moment.

use std::env;
use std::io::{self, Write};

use anstyle::Style;
use clap::ValueEnum;
use lessons::lesson::ORIGINAL;
use lessons::{LESSONS, Lesson, stage};

use super::columns::{self, Fit, Source};

const TITLE: Style = Style::new().bold();

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// 中文
    Zh,
}

impl Language {
    /// The terminal's: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set.
    pub fn detect() -> Self {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let value = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        if value.is_some_and(|value| value.starts_with("zh")) { Self::Zh } else { Self::En }
    }
}

/// The lesson of this name: its number, its folder's name, or the beginning of what follows the
/// number.
pub fn named(name: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| {
        let (number, rest) = lesson.name.split_once('_').unwrap_or((lesson.name, ""));
        let same_number = name.parse::<u32>().is_ok_and(|name| number.parse() == Ok(name));
        lesson.name == name || same_number || (name.len() > 2 && rest.starts_with(name))
    })
}

/// Lists the lessons.
///
/// # Errors
/// When `out` cannot be written.
pub fn list(language: Language, out: &mut dyn Write) -> io::Result<()> {
    for lesson in LESSONS {
        let title = match language {
            Language::En => lesson.title(),
            Language::Zh => lesson.title_zh(),
        };
        writeln!(out, "{TITLE}{:36}{TITLE:#}  {title}", lesson.name)?;
    }
    match language {
        Language::En => writeln!(out, "\nRead one: four-ways lesson {}", first()),
        Language::Zh => writeln!(out, "\n阅读一课：four-ways lesson {}", first()),
    }
}

fn first() -> &'static str {
    LESSONS.first().map_or("", |lesson| lesson.name)
}

/// Prints a lesson: its page, the programs in columns where they fit, and what they print now.
///
/// # Errors
/// When `out` cannot be written.
pub fn show(lesson: &Lesson, language: Language, fit: Fit, out: &mut dyn Write) -> io::Result<()> {
    let page = match language {
        Language::En => lesson.page,
        Language::Zh => lesson.page_zh,
    };
    let mut programs = Some(&lesson.programs);
    let mut lines = page.lines();
    let mut in_block = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if !in_block && line.starts_with('#') {
            writeln!(out, "{TITLE}{}{TITLE:#}", line.trim_start_matches('#').trim_start())?;
            continue;
        }
        let shown = line.strip_prefix("<!-- file: ").and_then(|line| line.strip_suffix(" -->"));
        let Some(file) = shown else {
            if !line.starts_with("<!-- ") {
                writeln!(out, "{line}")?;
            }
            continue;
        };
        // The block below the mark is printed from the file.
        lines.next();
        lines.by_ref().find(|line| *line == "```");
        match file {
            ORIGINAL => {
                let source = Source { path: path(lesson, ORIGINAL), text: lesson.original };
                columns::print(&[source], fit, out)?;
            }
            "output.txt" => outputs(lesson, language, out)?,
            // All four where the first stands, so that they can stand side by side.
            _ => {
                if let Some(programs) = programs.take() {
                    let sources = programs.iter().map(|program| Source {
                        path: path(lesson, program.file),
                        text: program.source,
                    });
                    columns::print(&sources.collect::<Vec<_>>(), fit, out)?;
                }
            }
        }
    }
    Ok(())
}

fn path(lesson: &Lesson, file: &str) -> String {
    format!("lessons/{}/{file}", lesson.name)
}

/// What the programs print, run now; those that print the same stand together.
fn outputs(lesson: &Lesson, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let mut outputs: Vec<(Vec<&str>, String)> = Vec::new();
    for program in &lesson.programs {
        let printed = stage::run(program.run);
        match outputs.iter_mut().find(|(_, output)| *output == printed) {
            Some((files, _)) => files.push(program.file),
            None => outputs.push((vec![program.file], printed)),
        }
    }
    for (files, printed) in outputs {
        writeln!(out, "{TITLE}{}{TITLE:#}", files.join(", "))?;
        write!(out, "{}", indented(&printed))?;
    }
    let (recorded, printed) = match language {
        Language::En => ("recorded on Node", lesson.expected(ORIGINAL)),
        Language::Zh => ("在 Node 上的记录", lesson.expected(ORIGINAL)),
    };
    writeln!(out, "{TITLE}{ORIGINAL}{TITLE:#} ({recorded})")?;
    write!(out, "{}", indented(printed.unwrap_or_default()))
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["  ", line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_is_found_by_number_name_and_beginning() {
        for name in ["1", "01", "01_wrap_a_callback", "wrap"] {
            assert_eq!(named(name).map(|lesson| lesson.name), Some("01_wrap_a_callback"), "{name}");
        }
        assert!(named("wr").is_none() && named("99").is_none());
    }

    #[test]
    fn a_page_is_printed_with_its_programs_and_what_they_print_now() {
        for lesson in LESSONS {
            for language in [Language::En, Language::Zh] {
                let mut out = Vec::new();
                show(lesson, language, Fit::Columns(1), &mut out)
                    .expect("a vector takes everything");
                let text = String::from_utf8(out).expect("text");
                let text = anstream::adapter::strip_str(&text).to_string();
                for program in &lesson.programs {
                    assert!(text.contains(program.source.trim_end()), "{}", program.file);
                }
                let printed = indented(&stage::run(lesson.programs[0].run));
                assert!(text.contains(&printed), "{}: {printed}", lesson.name);
                assert!(!text.contains("<!--") && !text.contains("```rust"), "{text}");
            }
        }
    }
}
