//! How much memory users take.

use serde::{Deserialize, Serialize};

use super::shape::Results;

/// `users.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// How many users there are in each world.
    pub users: Vec<u64>,
    /// What the worlds hold, style by style.
    pub held: Vec<Held>,
}

/// What is held when one style has answered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Which.
    pub style: String,
    /// For all users together, in each world.
    pub bytes: Vec<usize>,
}

impl Results for Users {
    const NAME: &'static str = "users";
    const COMMAND: &'static str = "cargo bench --bench users";
}
