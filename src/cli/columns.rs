//! Sources side by side.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use synoptic::{TokOpt, from_extension};
use unicode_width::UnicodeWidthStr;

const HEAD: Style = Style::new().bold().underline();
const GUTTER: &str = "  │  ";

/// How much is shown side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// So many columns.
    Columns(usize),
    /// What fits into so many characters; a source that does not fit stands alone.
    Width(usize),
}

impl Fit {
    /// As many as were asked for; else what fits on the terminal, and one below the other where
    /// there is none.
    pub fn detect(columns: Option<usize>) -> Self {
        let width = || terminal_size::terminal_size().map_or(0, |(width, _)| width.0.into());
        columns.map_or_else(|| Self::Width(width()), Self::Columns)
    }
}

/// A source with its path. The extension says how it is coloured.
pub struct Source<'a> {
    /// The path, as a heading.
    pub path: String,
    /// The text.
    pub text: &'a str,
}

/// A line: its width, and its pieces with their colours.
type Line = (usize, Vec<(Style, String)>);

/// Prints sources side by side, as many as fit, and the others below.
///
/// # Errors
/// When `out` cannot be written.
pub fn print(sources: &[Source<'_>], fit: Fit, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<Vec<Line>> = sources.iter().map(lines).collect();
    let widths: Vec<usize> = columns.iter().map(|column| width(column)).collect();
    let mut first = 0;
    while first < columns.len() {
        let beside = beside(&widths[first..], fit);
        let row = first..first + beside;
        print_row(&columns[row.clone()], &widths[row], out)?;
        first += beside;
    }
    Ok(())
}

/// How many of the columns stand side by side: at least one.
fn beside(widths: &[usize], fit: Fit) -> usize {
    match fit {
        Fit::Columns(columns) => columns.clamp(1, widths.len()),
        Fit::Width(width) => {
            let ends = widths.iter().scan(0, |end, width| {
                *end += width + GUTTER.width();
                Some(*end - GUTTER.width())
            });
            ends.take_while(|end| *end <= width).count().max(1)
        }
    }
}

fn print_row(columns: &[Vec<Line>], widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        // Nothing is printed behind the last piece of a line.
        let last = columns.iter().rposition(|column| at < column.len()).unwrap_or(0);
        for (column, (lines, width)) in columns.iter().zip(widths).enumerate().take(last + 1) {
            let empty = (0, Vec::new());
            let (used, pieces) = lines.get(at).unwrap_or(&empty);
            for (style, piece) in pieces {
                write!(out, "{style}{piece}{style:#}")?;
            }
            if column < last {
                write!(out, "{:padding$}{GUTTER}", "", padding = width - used)?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn width(column: &[Line]) -> usize {
    column.iter().map(|(width, _)| *width).max().unwrap_or(0)
}

/// The heading and the coloured lines of a source.
fn lines(source: &Source<'_>) -> Vec<Line> {
    let Source { path, text } = source;
    let heading = (path.width(), vec![(HEAD, path.clone())]);
    let text: Vec<String> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("// ANCHOR"))
        .map(str::to_owned)
        .collect();
    let extension = path.rsplit('.').next().unwrap_or_default();
    let language = if extension == "mjs" { "js" } else { extension };
    let mut lines = vec![heading];
    match from_extension(language, 4) {
        Some(mut highlighter) => {
            highlighter.run(&text);
            for (at, line) in text.iter().enumerate() {
                let tokens = highlighter.line(at, line).into_iter();
                lines.push((line.width(), tokens.map(coloured).collect()));
            }
        }
        None => {
            lines.extend(text.into_iter().map(|line| (line.width(), vec![(Style::new(), line)])))
        }
    }
    lines
}

fn coloured(token: TokOpt) -> (Style, String) {
    match token {
        TokOpt::None(text) => (Style::new(), text),
        TokOpt::Some(text, kind) => {
            let style = match kind.as_str() {
                "comment" => Style::new().dimmed(),
                "string" | "character" => AnsiColor::Green.on_default(),
                "keyword" => AnsiColor::Magenta.on_default(),
                "type" | "struct" => AnsiColor::Cyan.on_default(),
                "function" | "macros" => AnsiColor::Blue.on_default(),
                _ => Style::new(),
            };
            (style, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(fit: Fit) -> String {
        let source = |path: &str, text| Source { path: path.to_owned(), text };
        let sources = [source("a.rs", "fn a() {}\nfn b() {}\n"), source("b.rs", "let 你 = 1;\n")];
        let mut out = Vec::new();
        print(&sources, fit, &mut out).expect("a vector takes everything");
        anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string()
    }

    #[test]
    fn what_fits_stands_side_by_side_and_the_rest_below() {
        let beside = "a.rs       │  b.rs\nfn a() {}  │  let 你 = 1;\nfn b() {}\n\n";
        let below = "a.rs\nfn a() {}\nfn b() {}\n\nb.rs\nlet 你 = 1;\n\n";
        assert_eq!(printed(Fit::Width(25)), beside);
        assert_eq!(printed(Fit::Width(24)), below);
        assert_eq!(printed(Fit::Width(0)), below);
        assert_eq!(printed(Fit::Columns(2)), beside);
        assert_eq!(printed(Fit::Columns(9)), beside);
        assert_eq!(printed(Fit::Columns(1)), below);
    }
}
