//! The servers under load.

use serde::{Deserialize, Serialize};

use super::shape::{Results, told};

/// `http.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Who asked.
    pub client: String,
    /// By the number of connections.
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
    /// How far the bare service strayed from itself.
    pub resolution: f64,
    /// The bare one, the baseline, stands first.
    pub services: Vec<Service>,
}

/// One service; medians over the rounds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub service: String,
    /// Requests in a second.
    #[serde(rename = "requests/s")]
    pub rate: f64,
    /// The same, relative to the bare service.
    #[serde(rename = "of bare")]
    pub ratio: f64,
    /// Where that lies with 95 % confidence.
    pub interval: (f64, f64),
    /// How long an answer takes, in microseconds.
    #[serde(rename = "p50 µs")]
    pub median: f64,
    /// How long the slowest hundredth takes.
    #[serde(rename = "p99 µs")]
    pub slowest_hundredth: f64,
    /// Processor time of the server alone for one request, in microseconds.
    #[serde(rename = "CPU µs", deserialize_with = "told")]
    pub processor: Option<f64>,
    /// The most memory that was resident so far.
    #[serde(deserialize_with = "told")]
    pub bytes: Option<u64>,
}

impl Results for Http {
    const NAME: &'static str = "http";
    const COMMAND: &'static str = "cargo bench --bench http";
}
