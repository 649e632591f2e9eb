//! What was measured, in rows.

use std::fmt;
use std::time::Duration;

use four_ways::measure::Comparison;
use serde_json::{Value, json};

use crate::client::Round;

/// A service at one number of connections.
pub struct Row {
    pub name: &'static str,
    pub rounds: Vec<Round>,
    /// Of the server alone, for one request.
    pub processor_time: Option<Duration>,
    /// The peak so far, in bytes.
    pub memory: Option<u64>,
}

impl Row {
    pub fn new(name: &'static str) -> Self {
        Self { name, rounds: Vec::new(), processor_time: None, memory: None }
    }

    /// The median over the rounds.
    fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    }
}

/// All services at one number of connections. Row 0 is the bare service, row 1 its twin.
pub struct Level {
    pub connections: usize,
    pub rows: Vec<Row>,
    /// Requests/s, relative to the bare service.
    pub rates: Comparison,
}

/// Rates, from times.
pub fn rates(times: Comparison) -> Comparison {
    let ratios = times.ratios.iter().map(|ratio| 1.0 / ratio).collect();
    let intervals = times.intervals.iter().map(|(low, high)| (1.0 / high, 1.0 / low)).collect();
    Comparison { ratios, intervals, ..times }
}

impl Row {
    /// Requests in a second.
    fn rate(&self) -> f64 {
        self.median(|round| round.requests as f64 / round.time.as_secs_f64())
    }

    fn p50(&self) -> Duration {
        Duration::from_secs_f64(self.median(|round| round.median.as_secs_f64()))
    }

    fn p99(&self) -> Duration {
        Duration::from_secs_f64(self.median(|round| round.slowest_hundredth.as_secs_f64()))
    }
}

impl Level {
    /// The figures, for the record.
    pub fn results(&self) -> Value {
        let Self { connections, rows, rates } = self;
        let micros = |time: Duration| 1e6 * time.as_secs_f64();
        let services = rows.iter().enumerate().filter(|(at, _)| *at != 1).map(|(at, row)| {
            json!({
                "service": row.name,
                "requests/s": row.rate(),
                "of bare": rates.ratios[at],
                "interval": rates.intervals[at],
                "p50 µs": micros(row.p50()),
                "p99 µs": micros(row.p99()),
                "CPU µs": row.processor_time.map(micros),
                "bytes": row.memory,
            })
        });
        json!({
            "connections": connections,
            "rounds": rates.rounds,
            "resolution": rates.band,
            "services": services.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, rows, rates } = self;
        let s = if *connections == 1 { "" } else { "s" };
        let columns = ["requests/s", "of bare", "p50 µs", "p99 µs", "CPU µs", "MiB"];
        writeln!(formatter, "{}", line(&format!("{connections} connection{s}"), columns))?;
        for (at, row) in rows.iter().enumerate() {
            if at == 1 {
                continue; // the twin: it shows only in the band
            }
            let micros = |time: Duration| rounded(1e6 * time.as_secs_f64(), rates.band);
            let shown = [
                rounded(row.rate(), rates.band),
                if at == 0 { "1".to_owned() } else { rates.shown(at) },
                micros(row.p50()),
                micros(row.p99()),
                row.processor_time.map_or("–".to_owned(), micros),
                row.memory.map_or("–".to_owned(), |bytes| (bytes >> 20).to_string()),
            ];
            writeln!(formatter, "{}", line(row.name, shown.each_ref().map(String::as_str)))?;
        }
        write!(
            formatter,
            "{} rounds; bare hyper strayed from itself by {:.1} %, and ≈ is within that",
            rates.rounds,
            100.0 * rates.band
        )
    }
}

fn line(name: &str, columns: [&str; 6]) -> String {
    let [rate, ratio, median, slow, processor, memory] = columns;
    format!(
        "{name:<14}  {rate:>10}  {ratio:>7}  {median:>6}  {slow:>6}  {processor:>6}  {memory:>4}"
    )
}

/// A value with one digit, and a second one where the band supports it.
fn rounded(value: f64, band: f64) -> String {
    let leading = 10_f64.powf(value.max(1.0).log10().floor());
    let step = if band <= 0.1 { (leading / 10.0).max(1.0) } else { leading };
    format!("{:.0}", (value / step).round() * step)
}

/// What the figures are.
pub fn notes(client: &str, cores: usize, answer: usize) -> String {
    format!(
        "\nMeasured by {client}, on one thread. Each service is a process on the runtime of\n\
         `four-ways serve`, without its log. They share {cores} cores, so requests/s and latency hold\n\
         the client's share too.\n\
         of bare: requests/s relative to bare hyper, median over the rounds, which take turns\n\
         p50, p99: median over the rounds. CPU: of the server alone, for one request\n\
         MiB: most memory resident so far; a style remembers its answers and signatures\n\
         Every message is new and signed; every answer had its words and {answer} bytes."
    )
}
