//! The results of the servers under load.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `http.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The client that sent the requests.
    pub client: String,
    /// What became of the log of the styles' servers.
    pub log: String,
    /// The results at each number of connections.
    pub levels: Vec<Level>,
}

/// All services at one number of connections.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// How many keep-alive connections there were.
    pub connections: usize,
    /// How many rounds were played.
    pub rounds: usize,
    /// How far the ratio of the bare service's second copy (the twin) was from 1.
    pub resolution: f64,
    /// The bare service comes first; it is the baseline.
    pub services: Vec<Service>,
}

/// The results of one service. They are medians over the rounds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub service: String,
    /// Requests per second.
    #[serde(rename = "requests/s")]
    pub rate: f64,
    /// The same, divided by that of the bare service.
    #[serde(rename = "of bare")]
    pub ratio: f64,
    /// The 95 % confidence interval of that ratio.
    pub interval: (f64, f64),
    /// The median time of an answer, in microseconds.
    #[serde(rename = "p50 µs")]
    pub median: f64,
    /// The time within which 99 % of the answers come, in microseconds.
    #[serde(rename = "p99 µs")]
    pub slowest_hundredth: f64,
    /// Processor time of the server alone for one request, in microseconds.
    #[serde(rename = "CPU µs", deserialize_with = "told")]
    pub processor: Option<f64>,
}

impl Results for Http {
    const NAME: &'static str = "http";
    const COMMAND: &'static str = "cargo bench --bench http";
}
