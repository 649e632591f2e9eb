//! `four-ways`: the arguments, and what they lead to.

mod account;
mod chat;
mod columns;
mod compare;
mod cost;
mod count;
mod exam;
mod lesson;
mod named;
mod picture;
mod platform;
mod play;
mod serve;
mod show;
mod trace;
mod verdict;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use four_ways::measure::Count;
use four_ways::server::sign;
use four_ways::styles;
use kit::Style;

use columns::Fit;
use lesson::Language;
use verdict::Verdict;

const EXAMPLES: &str = "\
Examples:
  four-ways                          play the shipped conversation four ways and compare
  four-ways trace 你好               one message on its way through the nine layers
  four-ways trace --style async-await hi   the same, in one style only
  four-ways lesson                   the lessons, from callback to await; lesson 1 prints the first
  four-ways show exchange            a layer in the four styles, side by side where they fit
  four-ways chat                     talk to the demo bot, or to your own server, as a user of WeChat
  four-ways serve                    a server that WeChat could call, and a curl line to try it
  four-ways exam --url http://127.0.0.1:8080/wechat/demo --token four-ways-demo
                                     what WeChat demands of a server, checked one by one
  four-ways completions fish         completions for a shell, on standard output

Exit codes: 0 all is well, 1 the styles differ (or a server cannot be started, or the output
not be written, or a server broke a MUST of the exam), 2 wrong usage, or an exam that cannot be
finished.
Colours are used on a terminal only, and not when NO_COLOR is set. Nothing is written to disk,
but for the lines that were typed into chat, in the user's data directory.";

/// One WeChat auto-reply pipeline, written as callbacks, promises, generators and async/await.
#[derive(Debug, Parser)]
#[command(name = "four-ways", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the shipped conversation through all four styles, compare and measure them (default)
    Compare,
    /// Show the way of one text message through the layers
    Trace {
        /// The style to look at
        #[arg(long, value_enum, default_value_t = Which::All)]
        style: Which,
        /// What the user says
        message: String,
    },
    /// List the lessons, or print one: its page, its programs, and what they print now
    Lesson {
        /// Its number, or the beginning of its name
        name: Option<String>,
        /// The language of the page [default: the terminal's]
        #[arg(long, value_enum)]
        lang: Option<Language>,
        /// How many programs stand side by side [default: as many as the terminal is wide enough for]
        #[arg(long)]
        columns: Option<usize>,
    },
    /// Print a layer or a unit of the pipeline in the four styles
    Show {
        /// What to print
        #[arg(value_parser = PossibleValuesParser::new(show::names()))]
        name: String,
        /// The style to print
        #[arg(long, value_enum, default_value_t = Which::All)]
        style: Which,
        /// How many stand side by side [default: as many as the terminal is wide enough for]
        #[arg(long)]
        columns: Option<usize>,
    },
    /// Talk to a server as a user of WeChat
    Chat(chat::Chat),
    /// Answer WeChat's requests over HTTP, in one of the styles
    Serve(serve::Serve),
    /// Examine any server from outside, as WeChat would call it
    Exam(exam::Exam),
    /// Play WeChat's part for a server: serve its API, and let users write
    Platform(platform::Platform),
    /// Print a signed request as a curl command
    Sign {
        /// The account's token
        #[arg(long)]
        token: String,
        /// What the user says
        #[arg(long, default_value = "hello")]
        message: String,
        /// The account's URL, such as http://127.0.0.1:8080/wechat/demo
        #[arg(long)]
        url: String,
    },
    /// Print exact counts as JSON, for `cargo bench --bench compare`
    #[command(hide = true)]
    Count,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// One style, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Callbacks,
    Promises,
    Generators,
    #[value(alias = "onion")]
    AsyncAwait,
    /// All four: printed once if they are identical
    All,
}

impl Which {
    /// Its place among the styles; `None` for all.
    fn place(self) -> Option<usize> {
        match self {
            Self::Callbacks => Some(0),
            Self::Promises => Some(1),
            Self::Generators => Some(2),
            Self::AsyncAwait => Some(3),
            Self::All => None,
        }
    }

    fn styles(self) -> Vec<Style> {
        let mut all = styles::all();
        match self.place() {
            Some(at) => vec![all.swap_remove(at)],
            None => all,
        }
    }
}

/// Reads the arguments and does what they say. `count` reads the counter of allocations.
pub fn run(count: fn() -> Count) -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Compare);
    let mut out = anstream::stdout().lock();
    let (verdict, printed) = match command {
        Command::Compare => compare::compare(&styles::all(), count, &mut out),
        Command::Count => (Verdict::Identical, count::count(count, &mut out)),
        Command::Trace { style, message } => trace::trace(&style.styles(), &message, &mut out),
        Command::Lesson { name: None, lang, .. } => {
            let language = lang.unwrap_or_else(Language::detect);
            (Verdict::Identical, lesson::list(language, &mut out))
        }
        Command::Lesson { name: Some(name), lang, columns } => match lesson::named(&name) {
            Some(found) => {
                let language = lang.unwrap_or_else(Language::detect);
                (Verdict::Identical, lesson::show(found, language, Fit::detect(columns), &mut out))
            }
            None => {
                eprintln!("four-ways: there is no lesson `{name}`; `four-ways lesson` lists them");
                return ExitCode::from(2);
            }
        },
        Command::Show { name, style, columns } => {
            let shown = show::show(&name, style.place(), Fit::detect(columns), &mut out);
            (Verdict::Identical, shown)
        }
        Command::Chat(chat) => match chat.chat(&mut out) {
            Ok(()) => (Verdict::Identical, Ok(())),
            Err(error) => {
                eprintln!("four-ways: {error}");
                return ExitCode::FAILURE;
            }
        },
        Command::Serve(serve) => match serve.serve(&mut out) {
            // Not by the way below: it is no failure of a server when nobody reads its last words.
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("four-ways: {error}");
                return ExitCode::FAILURE;
            }
        },
        Command::Exam(exam) => match exam.examine(&mut out) {
            Ok(true) => (Verdict::Identical, Ok(())),
            Ok(false) => return ExitCode::FAILURE,
            Err(error) => {
                eprintln!("four-ways: {error}");
                return ExitCode::from(2);
            }
        },
        Command::Platform(platform) => match platform.serve(&mut out) {
            Ok(()) => (Verdict::Identical, Ok(())),
            Err(error) => {
                eprintln!("four-ways: {error}");
                return ExitCode::FAILURE;
            }
        },
        Command::Sign { token, message, url } => {
            let line = sign::curl(&url, &token, &message, sign::now());
            (Verdict::Identical, writeln!(out, "{line}"))
        }
        Command::Completions { shell } => (Verdict::Identical, completions(shell, &mut out)),
    };
    match printed.and_then(|()| out.flush()) {
        // The reader of a pipe has stopped, as `head` does: that is not a failure.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("four-ways: cannot write: {error}");
            ExitCode::FAILURE
        }
        Ok(()) | Err(_) => verdict.into(),
    }
}

fn completions(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    // Through a buffer, because the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "four-ways", &mut script);
    out.write_all(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed_and_compare_is_the_default() {
        Arguments::command().debug_assert();
        let arguments = Arguments::parse_from(["four-ways"]);
        assert!(arguments.command.is_none());
    }

    #[test]
    fn each_style_can_be_named() {
        let names = |which: Which| which.styles().iter().map(|style| style.name).collect();
        let all: Vec<&str> = names(Which::All);
        let each = [Which::Callbacks, Which::Promises, Which::Generators, Which::AsyncAwait];
        let one_by_one: Vec<&str> =
            each.into_iter().flat_map(|which| -> Vec<_> { names(which) }).collect();
        assert_eq!(all, one_by_one);
        assert_eq!(all.len(), 4);
    }
}
