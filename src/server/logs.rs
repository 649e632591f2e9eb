//! What the log shows, and what it never does: tokens, keys, signatures, bodies and OpenIDs are
//! not in a [`LogLine`], so they cannot be printed.

use std::io::{self, IsTerminal};

use pipeline::LogLine;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};

/// How many lines may wait to be written. Further lines are lost.
const ROOM: usize = 10_000;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The log of the process. Dropping it waits until the last lines are written, for a second.
pub struct Log {
    _writer: WorkerGuard,
    lost: ErrorCounter,
}

/// Sends lines to standard error, for the whole process. A second call is without effect.
///
/// A thread writes them, because standard error may be read slowly or not at all, and no request
/// may wait for that.
#[must_use]
pub fn start(format: Format) -> Log {
    let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(ROOM);
    let (writer, guard) = builder.thread_name("log").finish(io::stderr());
    let lost = writer.error_counter();
    let lines = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_target(false)
        // A log that cannot be written must not take the requests down with it.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let started = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    drop(started);
    Log { _writer: guard, lost }
}

impl Log {
    /// How many lines were lost because the lines before them were not read in time.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.lost.dropped_lines()
    }
}

/// One line per request. The account stands in the path, so whoever asks chooses it: it is cut and
/// escaped here.
pub fn request(line: &LogLine) {
    let LogLine { account, kind, unit, repeat, status, elapsed } = line;
    let elapsed_us = elapsed.as_micros();
    let account: String = account.chars().take(64).flat_map(char::escape_debug).collect();
    tracing::info!(account, kind, unit, repeat, status, elapsed_us, "request");
}
