//! What a trial is given, and what it tells.

use std::error::Error;
use std::time::Duration;

/// Why a trial was not passed.
pub type Failed = Box<dyn Error + Send + Sync>;

/// What was counted, by name. The names are the same for each style.
pub type Counts = Vec<(&'static str, u64)>;

/// Plays a trial against a style.
pub type Play = fn(&str, &Extent) -> Result<Counts, Failed>;

/// How much is done.
pub struct Extent {
    /// Requests whose body is mutated.
    pub mutations: usize,
    /// Hostile connections at a time, of each kind.
    pub hostile: usize,
    /// How long they last.
    pub siege: Duration,
    /// How long files change.
    pub storm: Duration,
    /// How often the server is ended.
    pub shutdowns: usize,
    /// Lines of the log.
    pub lines: usize,
}

impl Extent {
    /// Some minutes.
    pub const FULL: Self = Self {
        mutations: 200_000,
        hostile: 1_000,
        siege: Duration::from_secs(15),
        storm: Duration::from_secs(10),
        shutdowns: 20,
        lines: 40_000,
    };

    /// Some seconds.
    pub const QUICK: Self = Self {
        mutations: 5_000,
        hostile: 50,
        siege: Duration::from_secs(4),
        storm: Duration::from_secs(3),
        shutdowns: 2,
        lines: 20_000,
    };
}
