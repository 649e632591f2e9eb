//! The results of one service.

use std::time::Duration;

use four_ways::measure::results::http::{Level, Service};
use four_ways::measure::{self, Comparison};

use crate::wrk::Round;

/// The results of one service.
pub struct Row {
    pub name: &'static str,
    pub rounds: Vec<Round>,
    /// The processor time of the server alone, for one request.
    pub processor_time: Option<Duration>,
}

impl Row {
    pub fn new(name: &'static str) -> Self {
        Self { name, rounds: Vec::new(), processor_time: None }
    }

    /// The median over the rounds.
    fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        measure::median(&self.rounds.iter().map(of).collect::<Vec<_>>())
    }
}

/// All services at one number of connections. Row 0 is the bare service. Row 1 is its second copy
/// (the twin); it is used for the resolution only.
pub fn level(connections: usize, rows: &[Row], times: &Comparison) -> Level {
    let micros = |time: Duration| 1e6 * time.as_secs_f64();
    let service = |(at, row): (usize, &Row)| {
        let (low, high) = times.intervals[at];
        Service {
            service: row.name.to_owned(),
            rate: row.median(|round| round.requests as f64 / round.time.as_secs_f64()),
            // The times become rates.
            ratio: 1.0 / times.ratios[at],
            interval: (1.0 / high, 1.0 / low),
            median: row.median(|round| micros(round.median)),
            slowest_hundredth: row.median(|round| micros(round.slowest_hundredth)),
            processor: row.processor_time.map(micros),
        }
    };
    let services = rows.iter().enumerate().filter(|(at, _)| *at != 1).map(service).collect();
    Level { connections, rounds: times.rounds, resolution: times.band, services }
}
