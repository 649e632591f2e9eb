//! The results of measuring the memory of users.

use serde::{Deserialize, Serialize};

use super::shape::Results;

/// `users.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// How many users there are in each world.
    pub users: Vec<u64>,
    /// What the worlds hold, for each style.
    pub held: Vec<Held>,
}

/// What the worlds hold after one style has answered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The style.
    pub style: String,
    /// The bytes for all users together, in each world.
    pub bytes: Vec<usize>,
}

impl Results for Users {
    const NAME: &'static str = "users";
    const COMMAND: &'static str = "cargo bench --bench users";
}
