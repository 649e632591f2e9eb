//! What the log shows, and what it never does: tokens, keys, signatures, bodies and OpenIDs are
//! not in a [`LogLine`], so they cannot be printed.

use std::io::IsTerminal;

use pipeline::LogLine;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a reader; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Sends lines to standard error, for the whole process. A second call is without effect.
pub fn start(format: Format) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        // A log that cannot be written must not take the requests down with it.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let started = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    drop(started);
}

/// One line per request. The account stands in the path, so whoever asks chooses it: it is cut and
/// its control characters are escaped.
pub fn request(line: &LogLine) {
    let LogLine { account, kind, unit, repeat, status, elapsed } = line;
    let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    let account: String = account.chars().take(64).flat_map(char::escape_debug).collect();
    tracing::info!(account, kind, unit, repeat, status, elapsed_us, "request");
}
