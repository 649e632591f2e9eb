//! The copies with a bug, each with the models of its subject.

use crate::explore::Model;
use crate::seeds::{SEEDS, Seed};

include!(concat!(env!("OUT_DIR"), "/seeded.rs"));

/// Each seeded bug, with the model that must find it.
///
/// # Panics
/// If a seed names a model that does not exist.
pub fn seeded() -> impl Iterator<Item = (&'static Seed, &'static Model)> {
    SEEDS.iter().zip(TABLE).map(|(seed, (_, models))| {
        let found = models.iter().find(|model| model.name == seed.model);
        (seed, found.unwrap_or_else(|| panic!("`{}` names no model: {}", seed.name, seed.model)))
    })
}
