//! What the log shows, and what it never does: tokens, keys, signatures, bodies and OpenIDs are
//! not in a [`LogLine`], so they cannot be printed.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use humantime::format_rfc3339_micros;
use memchr::memchr_iter;
use pipeline::{LogLine, Pushed};
use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait to be written. Further lines are lost.
const ROOM: usize = 10_000;

/// How long the writer gathers lines before it writes them. Waking it, and writing, for each line
/// by itself costs more than all the rest of a line.
const GATHER: Duration = Duration::from_millis(50);

/// How long the last lines may take to be written.
const LAST: Duration = Duration::from_secs(1);

/// What is written at a time. A pipe takes as much as this whole or not at all (`PIPE_BUF`), so
/// that it is known which lines were written when the process ends.
const AT_ONCE: usize = 4096;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The log of the process.
pub struct Log {
    lines: Lines,
}

/// Where the lines of the requests go while the log is text without colours.
static PLAIN: OnceLock<Lines> = OnceLock::new();

/// Sends lines to standard error, for the whole process. A second call is without effect.
///
/// A thread writes them, because standard error may be read slowly or not at all, and no request
/// may wait for that.
///
/// # Errors
/// When there can be no thread.
pub fn start(format: Format) -> io::Result<Log> {
    let lines = Lines::start(io::stderr())?;
    let log = Log { lines: lines.clone() };
    let is_colored = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_target(false)
        // A log that cannot be written must not take the requests down with it.
        .log_internal_errors(false)
        .with_ansi(is_colored);
    let started = match format {
        Format::Text => subscriber.try_init(),
        Format::Json => subscriber.json().flatten_event(true).try_init(),
    };
    if started.is_ok() && format == Format::Text && !is_colored {
        PLAIN.get_or_init(|| lines);
    }
    Ok(log)
}

impl Log {
    /// Waits until the last lines are written, for a second. Tells how many lines were lost: because
    /// the lines before them were not read in time, or because they could not be written.
    #[must_use]
    pub fn finish(self) -> usize {
        self.lines.finish(LAST)
    }
}

/// One line per request. The account stands in the path, so whoever asks chooses it: it is cut and
/// escaped here.
pub fn request(line: &LogLine) {
    if let Some(lines) = PLAIN.get() {
        return lines.push(plain(line, SystemTime::now()).as_bytes());
    }
    let LogLine { account, kind, unit, repeat, status, elapsed } = line;
    let (account, elapsed_us) = (&*shown(account), elapsed.as_micros());
    tracing::info!(account, kind, unit, repeat, status, elapsed_us, "request");
}

/// The line that `tracing_subscriber` makes of it, too. But that visits each field by itself, with
/// its colours even where there are none, and no other part of a request takes as long.
fn plain(line: &LogLine, now: SystemTime) -> String {
    let LogLine { account, kind, unit, repeat, status, elapsed } = line;
    let (now, account, elapsed) = (format_rfc3339_micros(now), shown(account), elapsed.as_micros());
    format!(
        "{now}  INFO request account={account:?} kind={kind:?} unit={unit:?} repeat={repeat} \
         status={status} elapsed_us={elapsed}\n"
    )
}

/// What is shown of an account's name. One that is configured stays as it is.
fn shown(account: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if account.len() <= 64 && account.bytes().all(is_plain) {
        return Cow::Borrowed(account);
    }
    account.chars().take(64).flat_map(char::escape_debug).collect()
}

/// One line for each late answer that was to be sent. The account is a configured one. Why it was
/// not sent is told in WeChat's words, which name no token.
pub fn push(pushed: &Pushed) {
    let Pushed { account, kind, unit, failed } = pushed;
    let account = &**account;
    match failed {
        None => tracing::info!(account, kind, unit, "pushed"),
        Some(why) => {
            let why: String = why.chars().take(256).flat_map(char::escape_debug).collect();
            tracing::warn!(account, kind, unit, why, "not pushed");
        }
    }
}

/// The lines that wait for the thread that writes them.
#[derive(Clone, Default)]
struct Lines {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// The first line has come, or the last is written.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    text: Vec<u8>,
    /// In `text`.
    waiting: usize,
    /// Taken by the thread, and not written yet.
    in_hand: usize,
    lost: usize,
}

impl Lines {
    fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let lines = Self { shared: Arc::clone(&shared) };
        thread::Builder::new().name("log".to_owned()).spawn(move || shared.write(out))?;
        Ok(lines)
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.shared.state();
        if state.waiting + state.in_hand >= ROOM {
            state.lost += 1;
            return;
        }
        state.text.extend_from_slice(line);
        state.waiting += 1;
        if state.waiting == 1 {
            self.shared.changed.notify_all();
        }
    }

    fn finish(self, patience: Duration) -> usize {
        let unwritten = |state: &mut State| state.waiting + state.in_hand > 0;
        let waited =
            self.shared.changed.wait_timeout_while(self.shared.state(), patience, unwritten);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.lost + state.waiting + state.in_hand
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what comes, for ever.
    fn write(&self, mut out: impl Write) {
        let mut text = Vec::new();
        let mut is_torn = false;
        loop {
            let state = self.changed.wait_while(self.state(), |state| state.waiting == 0);
            drop(state.unwrap_or_else(PoisonError::into_inner));
            thread::sleep(GATHER);
            let mut state = self.state();
            mem::swap(&mut text, &mut state.text);
            state.in_hand = mem::take(&mut state.waiting);
            drop(state);
            let mut rest = &text[..];
            while !rest.is_empty() {
                let (part, after) = rest.split_at(at_once(rest));
                let written = write(&mut out, part, &mut is_torn);
                let (all, kept) = (count(part), count(&part[..written]));
                let mut state = self.state();
                state.in_hand = state.in_hand.saturating_sub(all);
                state.lost += all - kept;
                rest = after;
            }
            text.clear();
            self.changed.notify_all();
        }
    }
}

/// As many whole lines as are written at a time; at least one.
fn at_once(text: &[u8]) -> usize {
    let end = |text: &[u8]| text.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
    let first = || text.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    let short = text.get(..AT_ONCE).unwrap_or(text);
    end(short).or_else(first).unwrap_or(text.len())
}

fn count(text: &[u8]) -> usize {
    memchr_iter(b'\n', text).count()
}

/// Writes as much as can be written; how much it was. What follows half a line begins a new one.
fn write(out: &mut impl Write, part: &[u8], is_torn: &mut bool) -> usize {
    if *is_torn {
        match out.write(b"\n") {
            Ok(1..) => *is_torn = false,
            _ => return 0,
        }
    }
    let mut written = 0;
    while written < part.len() {
        match out.write(&part[written..]) {
            Ok(0) => break,
            Ok(some) => written += some,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(GATHER),
            Err(_) => break,
        }
    }
    *is_torn = written > 0 && part[written - 1] != b'\n';
    written
}

/// One line: `tracing_subscriber` makes a writer for each, and writes the whole line at once.
struct Line<'a>(&'a Lines);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Takes so many bytes, and then fails.
    struct Full {
        room: usize,
        told: Sender<Vec<u8>>,
    }

    impl Write for Full {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                return Err(ErrorKind::StorageFull.into());
            }
            let taken = part.len().min(self.room);
            self.room -= taken;
            self.told.send(part[..taken].to_vec()).expect("the test listens");
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn full(room: usize) -> (Lines, Receiver<Vec<u8>>) {
        let (told, writes) = channel();
        (Lines::start(Full { room, told }).expect("a thread"), writes)
    }

    fn line(number: usize) -> Vec<u8> {
        format!("{number:09}\n").into_bytes()
    }

    /// Both ways to the line of a request.
    #[test]
    fn a_plain_line_is_the_one_that_the_library_writes() {
        let long = "x".repeat(65);
        let odd = "\u{1b}[1m\"账号\"\\\n".repeat(20);
        for (account, repeat, status) in
            [("demo", false, 200), (&long, true, 404), (&odd, false, 5)]
        {
            let (kind, unit, elapsed) = ("text", "keyword", Duration::from_micros(1_234_567));
            let line = LogLine { account: account.into(), kind, unit, repeat, status, elapsed };
            let lines = Lines::default();
            let subscriber = tracing_subscriber::fmt()
                .with_writer(lines.clone())
                .with_target(false)
                .with_ansi(false)
                .finish();
            tracing::subscriber::with_default(subscriber, || request(&line));
            let written = String::from_utf8(lines.shared.state().text.clone()).expect("UTF-8");
            let (time, rest) = written.split_once(' ').expect("a time first");
            let time = humantime::parse_rfc3339(time).expect("a time");
            let plain = plain(&line, time);
            assert_eq!(plain, written, "{rest}");
        }
    }

    #[test]
    fn lines_are_written_many_at_a_time_in_their_order_and_none_is_lost() {
        let (lines, writes) = full(usize::MAX);
        (0..5_000).for_each(|number| lines.push(&line(number)));
        assert_eq!(lines.finish(PATIENCE), 0);
        let writes: Vec<_> = writes.try_iter().collect();
        assert!(writes.iter().all(|part| part.len() <= AT_ONCE));
        assert!(writes.len() <= 5_000 * 10 / (AT_ONCE - 10) + 20, "{} writes", writes.len());
        assert_eq!(writes.concat(), (0..5_000).flat_map(line).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_that_cannot_be_written_whole_is_counted_as_lost() {
        let (lines, writes) = full(25);
        (0..7).for_each(|number| lines.push(&line(number)));
        assert_eq!(lines.finish(PATIENCE), 5);
        assert_eq!(writes.try_iter().flatten().count(), 25);
    }

    #[test]
    fn after_half_a_line_the_next_begins_a_new_one() {
        let mut out = [0; 16];
        let mut is_torn = false;
        assert_eq!(write(&mut &mut out[..5], b"one\ntwo\n", &mut is_torn), 5);
        assert!(is_torn);
        let mut rest = &mut out[5..];
        assert_eq!(write(&mut rest, b"three\n", &mut is_torn), 6);
        assert!(!is_torn);
        assert_eq!(&out[..12], b"one\nt\nthree\n");
    }

    /// Tells that it was asked, and never takes anything.
    struct Deaf {
        asked: Sender<()>,
        never: Receiver<()>,
    }

    impl Write for Deaf {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.asked.send(()).unwrap_or_default();
            self.never.recv().map_err(|_| ErrorKind::BrokenPipe)?;
            Ok(0)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_beyond_the_room_and_lines_that_nobody_took_are_lost() {
        let (asked, is_asked) = channel();
        let (_open, never) = channel();
        let lines = Lines::start(Deaf { asked, never }).expect("a thread");
        (0..10).for_each(|number| lines.push(&line(number)));
        is_asked.recv().expect("it writes");
        (0..ROOM).for_each(|number| lines.push(&line(number)));
        assert_eq!(lines.shared.state().lost, 10, "those in hand need their room, too");
        assert_eq!(lines.finish(Duration::from_millis(1)), ROOM + 10);
    }
}
