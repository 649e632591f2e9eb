//! The servers under load.

use four_ways::measure::rounds::{rounded, shown};
use serde::Deserialize;

use super::environment::told;
use super::markdown::{NONE, grouped, per_cent, table};

#[derive(Deserialize)]
pub struct Http {
    client: String,
    levels: Vec<Level>,
}

/// All services at one number of connections. The bare one, the baseline, stands first.
#[derive(Deserialize)]
struct Level {
    connections: usize,
    rounds: usize,
    resolution: f64,
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    service: String,
    #[serde(rename = "requests/s")]
    rate: f64,
    #[serde(rename = "of bare")]
    ratio: f64,
    #[serde(rename = "p50 µs")]
    median: f64,
    #[serde(rename = "p99 µs")]
    slowest_hundredth: f64,
    #[serde(rename = "CPU µs", deserialize_with = "told")]
    processor: Option<f64>,
    #[serde(deserialize_with = "told")]
    bytes: Option<u64>,
}

impl Http {
    /// Who asked, and how far the ratios can be trusted.
    pub fn trust(&self) -> String {
        let levels = self.levels.iter().map(|level| {
            let Level { connections, rounds, resolution, .. } = level;
            let s = if *connections == 1 { "" } else { "s" };
            let resolution = per_cent(*resolution);
            format!("{connections} connection{s}: {rounds} rounds, resolution {resolution}")
        });
        format!("asked by {}; {}", self.client, levels.collect::<Vec<_>>().join("; "))
    }

    /// A row for each service at each number of connections.
    pub fn table(&self) -> String {
        let rows = self.levels.iter().flat_map(|level| {
            let services = level.services.iter().enumerate();
            services.map(|(at, service)| level.row(at, service))
        });
        let header =
            ["", "connections", "requests/s", "of bare", "p50, µs", "p99, µs", "CPU, µs", "MiB"];
        table(&header, &rows.collect::<Vec<_>>())
    }
}

impl Level {
    fn row(&self, at: usize, service: &Service) -> Vec<String> {
        let figure = |value: f64| grouped(&rounded(value, value * self.resolution));
        let told = |shown: Option<String>| shown.unwrap_or(NONE.to_owned());
        vec![
            service.service.clone(),
            self.connections.to_string(),
            figure(service.rate),
            if at == 0 { "1".to_owned() } else { shown(service.ratio, self.resolution) },
            figure(service.median),
            figure(service.slowest_hundredth),
            told(service.processor.map(figure)),
            told(service.bytes.map(|bytes| (bytes >> 20).to_string())),
        ]
    }
}
