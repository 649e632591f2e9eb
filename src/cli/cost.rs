//! What the styles cost in the shipped conversation.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anstyle::Style;
use four_ways::conversation::Turn;
use four_ways::measure::{self, Comparison, Count, Entry, Progress, Unequal, World};
use pipeline::Request;

const HEADER: Style = Style::new().bold();

/// How many rounds are played at most. A multiple of the six entries, so that the orders balance.
const ROUNDS: usize = 1_200;

/// How long they may take at most, on a machine that is slow or busy.
const PATIENCE: Duration = Duration::from_secs(8);

/// What was measured. Entry 0 is the straight line, entry 1 its twin.
pub struct Cost {
    names: Vec<&'static str>,
    counts: Vec<Count>,
    replies: usize,
    /// `None` in a debug build, whose times say nothing.
    times: Option<Comparison>,
}

/// Measures the straight line and the four styles on a host whose operations are ready.
///
/// # Errors
/// When their answers differ: programs that do different things are not compared.
pub fn measure(turns: &[Turn], count: fn() -> Count) -> Result<Cost, Unequal> {
    let requests: Vec<Request> = turns.iter().map(|turn| turn.request.clone()).collect();
    let mut entries = vec![Entry::straight(), Entry::straight()];
    entries.extend(Entry::styles());
    measure::agree(&entries, |_| World::ready(), &requests)?;

    // The time from the request to the reply is measured: the request is made before, the reply is
    // dropped after.
    let counts = entries.iter().map(|entry| {
        let (world, requests) = (World::ready(), requests.clone());
        let mut replies = Vec::with_capacity(requests.len());
        measure::allocations(count, || entry.play(&world, requests, &mut replies))
    });
    let counts = counts.collect();

    let (started, progress) = (Instant::now(), Progress::lasting(PATIENCE));
    let times = (!cfg!(debug_assertions)).then(|| {
        measure::compare(
            entries.len(),
            |at| entries[at].time(World::ready, &requests),
            |rounds| {
                progress.tell(|| format!("round {rounds} of {ROUNDS}"));
                rounds < ROUNDS && started.elapsed() < PATIENCE
            },
        )
    });
    drop(progress);
    let names = entries.iter().map(|entry| entry.name).collect();
    Ok(Cost { names, counts, replies: requests.len(), times })
}

impl Cost {
    /// Prints the table. `events` are the styles' names and how many events each recorded.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn print(&self, events: &[(&str, usize)], out: &mut dyn Write) -> io::Result<()> {
        let replies = self.replies as f64;
        let row = |style: &str, events: &str, allocations: &str, bytes: &str, time: &str| {
            format!("{style:<13}  {events:>6}  {allocations:>11}  {bytes:>5}  {time:>7}")
        };
        let header = row("style", "events", "allocations", "bytes", "time");
        writeln!(out, "{HEADER}{header}{HEADER:#}")?;
        for (at, (name, count)) in self.names.iter().zip(&self.counts).enumerate() {
            if at == 1 {
                continue; // the twin: it shows only in the resolution
            }
            let of_style = events.iter().find(|(style, _)| style == name);
            let events = of_style.map_or("–".to_owned(), |(_, events)| events.to_string());
            let time = match &self.times {
                Some(_) if at == 0 => "1".to_owned(),
                Some(times) => times.shown(at),
                None => "–".to_owned(),
            };
            let allocations = format!("{:.1}", count.allocations as f64 / replies);
            let bytes = format!("{:.0}", count.bytes as f64 / replies);
            writeln!(out, "{}", row(name, &events, &allocations, &bytes, &time))?;
        }
        writeln!(out, "\nevents: of the whole conversation, as compared above")?;
        writeln!(out, "allocations, bytes: per reply, exact, on a host that answers at once")?;
        match &self.times {
            Some(Comparison { band, rounds, .. }) => writeln!(
                out,
                "time: there, relative to the straight line, median of {rounds} interleaved rounds;\n\
                 the counting takes part of it, so `cargo bench --bench compare` says it better\n\
                 resolution: {:.1} %, by which the straight line strayed from itself; ≈ is within it",
                100.0 * band
            ),
            None => writeln!(out, "time: not in a debug build; cargo run --release"),
        }
    }
}
