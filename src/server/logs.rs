//! What the log shows, and what it never does: tokens, keys, signatures, bodies and OpenIDs are
//! not in a [`LogLine`], so they cannot be printed.
//!
//! A thread writes the lines. Standard error may be read slowly, or not at all, and no request may
//! wait for that.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

use pipeline::LogLine;

/// How many bytes of lines wait to be written. There is no room for more: those lines are lost.
const ROOM: usize = 1024 * 1024;

/// For how long lines are gathered before they are written: waking a thread and asking the system
/// to write cost more than a line, and under load there is one for each request.
const GATHER: Duration = Duration::from_millis(10);

/// How long the end waits for the last lines to be written.
const PATIENCE: Duration = Duration::from_secs(1);

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a reader; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// The log of the process. Dropping it waits until the last lines are written, for a second.
pub struct Log {
    lines: Arc<Lines>,
    written: Receiver<()>,
}

/// Sends lines to standard error, for the whole process. A second call is without effect.
///
/// # Errors
/// When there can be no thread.
pub fn start(format: Format) -> io::Result<Log> {
    let log = Log::start(io::stderr())?;
    let lines = tracing_subscriber::fmt()
        .with_writer(Arc::clone(&log.lines))
        .with_target(false)
        // A log that cannot be written must not take the requests down with it.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let started = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    drop(started);
    Ok(log)
}

/// One line per request. The account stands in the path, so whoever asks chooses it: it is cut and
/// its control characters are escaped.
pub fn request(line: &LogLine) {
    let LogLine { account, kind, unit, repeat, status, elapsed } = line;
    let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    let account: String = account.chars().take(64).flat_map(char::escape_debug).collect();
    tracing::info!(account, kind, unit, repeat, status, elapsed_us, "request");
}

impl Log {
    fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let lines = Arc::new(Lines::default());
        let (end, written) = mpsc::channel();
        let of_thread = Arc::clone(&lines);
        thread::Builder::new().name("log".to_owned()).spawn(move || {
            of_thread.write_to(out);
            drop(end);
        })?;
        Ok(Self { lines, written })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines.waiting().over = true;
        self.lines.more.notify_one();
        // Nothing is ever sent: the thread hangs up.
        let _ = self.written.recv_timeout(PATIENCE);
    }
}

/// Lines that wait to be written.
#[derive(Default)]
struct Lines {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    over: bool,
}

impl Lines {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes until it is over.
    fn write_to(&self, mut out: impl Write) {
        let mut taken = Vec::new();
        loop {
            let idle = |waiting: &mut Waiting| waiting.bytes.is_empty() && !waiting.over;
            let waiting = self.more.wait_while(self.waiting(), idle);
            if waiting.unwrap_or_else(PoisonError::into_inner).bytes.is_empty() {
                return;
            }
            thread::sleep(GATHER);
            mem::swap(&mut taken, &mut self.waiting().bytes);
            // If nobody can read it, nobody can be told.
            drop(out.write_all(&taken));
            taken.clear();
        }
    }
}

impl Write for &Lines {
    /// Takes a line, or loses it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.waiting();
        if waiting.bytes.len() + line.len() <= ROOM {
            waiting.bytes.extend_from_slice(line);
            self.more.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_are_written_in_their_order_before_the_log_ends() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let log = Log::start(writer).expect("a thread");
        for number in 0..1_000 {
            writeln!(&*log.lines, "{number}").expect("taken");
        }
        drop(log);
        let written = io::read_to_string(&mut reader).expect("text");
        let expected: String = (0..1_000).map(|number| format!("{number}\n")).collect();
        assert_eq!(written, expected);
    }

    #[test]
    fn a_reader_who_stands_still_costs_lines_and_holds_up_nobody() {
        let (_reader, writer) = io::pipe().expect("a pipe");
        let log = Log::start(writer).expect("a thread");
        let line = [b'x'; 1024];
        for _ in 0..4 * ROOM / line.len() {
            (&*log.lines).write_all(&line).expect("taken or lost");
        }
        assert!(log.lines.waiting().bytes.len() <= ROOM);
    }
}
