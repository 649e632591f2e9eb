//! What was measured, in rows.

use std::time::Duration;

use four_ways::measure::Comparison;
use four_ways::measure::results::http::{Level, Service};
use four_ways::measure::rounds::shown;

use crate::client::Round;

/// What was measured of one service.
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

/// All services at one number of connections. Row 0 is the bare service, row 1 its twin, which
/// shows only in the resolution.
pub fn level(connections: usize, rows: &[Row], times: &Comparison) -> Level {
    let micros = |time: Duration| 1e6 * time.as_secs_f64();
    let service = |(at, row): (usize, &Row)| {
        let (low, high) = times.intervals[at];
        Service {
            service: row.name.to_owned(),
            rate: row.median(|round| round.requests as f64 / round.time.as_secs_f64()),
            // Rates, from times.
            ratio: 1.0 / times.ratios[at],
            interval: (1.0 / high, 1.0 / low),
            median: row.median(|round| micros(round.median)),
            slowest_hundredth: row.median(|round| micros(round.slowest_hundredth)),
            processor: row.processor_time.map(micros),
            bytes: row.memory,
        }
    };
    let services = rows.iter().enumerate().filter(|(at, _)| *at != 1).map(service).collect();
    Level { connections, rounds: times.rounds, resolution: times.band, services }
}

/// Prints the table.
pub fn print(Level { connections, rounds, resolution, services }: &Level) {
    let s = if *connections == 1 { "" } else { "s" };
    let columns = ["requests/s", "of bare", "p50 µs", "p99 µs", "CPU µs", "MiB"];
    println!("\n{}", line(&format!("{connections} connection{s}"), columns));
    for (at, service) in services.iter().enumerate() {
        let figure = |value: f64| rounded(value, *resolution);
        let told = |shown: Option<String>| shown.unwrap_or("–".to_owned());
        let cells = [
            figure(service.rate),
            if at == 0 { "1".to_owned() } else { shown(service.ratio, *resolution) },
            figure(service.median),
            figure(service.slowest_hundredth),
            told(service.processor.map(figure)),
            told(service.bytes.map(|bytes| (bytes >> 20).to_string())),
        ];
        println!("{}", line(&service.service, cells.each_ref().map(String::as_str)));
    }
    let strayed = 100.0 * resolution;
    println!(
        "{rounds} rounds; bare hyper strayed from itself by {strayed:.1} %, and ≈ is within that"
    );
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
