//! Where lines come from and where text goes: a terminal, with editing, completion and history, or
//! a script through a pipe.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;

use anstream::ColorChoice;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter, Helper};

use super::line::COMMANDS;

/// Where lines come from.
pub enum Input {
    /// Somebody types them.
    Terminal(Box<Editor<Commands, FileHistory>>),
    /// They stand in a script.
    Script(Box<dyn BufRead + Send>),
}

/// Where text goes.
pub enum Output<'a> {
    /// Above the line that is being typed.
    Terminal(Box<dyn ExternalPrinter>),
    /// One after the other.
    Script(&'a mut dyn Write),
}

/// A terminal if there is one that can edit lines; else standard input as a script.
pub fn open(out: &mut dyn Write) -> (Input, Output<'_>) {
    let script = Input::Script(Box::new(BufReader::new(io::stdin())));
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return (script, Output::Script(out));
    }
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true);
    let Ok(mut editor) = Editor::with_config(config.build()) else {
        return (script, Output::Script(out));
    };
    // A terminal that cannot edit lines, as TERM=dumb says, has no such printer.
    let Ok(printer) = editor.create_external_printer() else {
        return (script, Output::Script(out));
    };
    editor.set_helper(Some(Commands(FilenameCompleter::new())));
    if let Some(path) = history() {
        // There is none on the first day.
        drop(editor.load_history(&path));
    }
    (Input::Terminal(Box::new(editor)), Output::Terminal(Box::new(printer)))
}

impl Input {
    /// The next line, without its end; `None` at the end of input, and when Ctrl-C was typed.
    ///
    /// # Errors
    /// When it cannot be read, or is not UTF-8.
    pub fn next(&mut self, prompt: &str) -> io::Result<Option<String>> {
        match self {
            Self::Terminal(editor) => match editor.readline(prompt) {
                Ok(line) => {
                    if let Some(path) = history() {
                        // Who has no place for a history can still talk.
                        drop(path.parent().map(fs::create_dir_all));
                        drop(editor.append_history(&path));
                    }
                    Ok(Some(line))
                }
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
                Err(error) => Err(io::Error::other(error)),
            },
            Self::Script(lines) => {
                let mut line = String::new();
                let read = lines.read_line(&mut line)?;
                Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
            }
        }
    }
}

impl Output<'_> {
    /// Prints a text, which may have colours.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn print(&mut self, text: String) -> io::Result<()> {
        match self {
            Self::Terminal(printer) => {
                let plain = anstream::AutoStream::choice(&io::stdout()) == ColorChoice::Never;
                let text =
                    if plain { anstream::adapter::strip_str(&text).to_string() } else { text };
                printer.print(text).map_err(io::Error::other)
            }
            Self::Script(out) => {
                out.write_all(text.as_bytes())?;
                out.flush()
            }
        }
    }

    /// Whether somebody sits there who can try again.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }
}

/// In the user's data directory, where the XDG base directories say.
fn history() -> Option<PathBuf> {
    let set = env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let data = set.or_else(|| Some(env::home_dir()?.join(".local/share")))?;
    Some(data.join("four-ways/history"))
}

/// Completes commands, and after `/raw` the names of files.
pub struct Commands(FilenameCompleter);

impl Completer for Commands {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let begun = line.get(..at).unwrap_or(line);
        if begun.starts_with("/raw ") {
            return self.0.complete(line, at, context);
        }
        let fitting = COMMANDS.iter().filter(|command| command.name.starts_with(begun));
        let pairs = fitting.filter(|_| !begun.is_empty()).map(|command| Pair {
            display: command.name.to_owned(),
            replacement: match command.argument {
                ["", _] => command.name.to_owned(),
                _ => format!("{} ", command.name),
            },
        });
        Ok((0, pairs.collect()))
    }
}

impl Helper for Commands {}
impl Highlighter for Commands {}
impl Hinter for Commands {
    type Hint = String;
}
impl Validator for Commands {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_completed_from_their_slash_and_texts_are_not() {
        let complete = |line: &str| {
            let history = FileHistory::new();
            let commands = Commands(FilenameCompleter::new());
            let (_, pairs) =
                commands.complete(line, line.len(), &Context::new(&history)).expect("completed");
            pairs.into_iter().map(|pair| pair.replacement).collect::<Vec<_>>()
        };
        assert_eq!(complete("/s"), ["/subscribe", "/scan "]);
        assert_eq!(complete("/raw src/mai"), ["src/main.rs"]);
        assert_eq!(complete("hello"), [""; 0]);
        assert_eq!(complete(""), [""; 0]);
    }
}
