//! The copies with a bug, each with the models of its subject.

use crate::bugs::{BUGS, Bug};
use crate::explore::Model;

include!(concat!(env!("OUT_DIR"), "/seeded.rs"));

/// Each seeded bug, with the model that must find it.
///
/// # Panics
/// If a bug names a model that does not exist.
pub fn seeded() -> impl Iterator<Item = (&'static Bug, &'static Model)> {
    BUGS.iter().zip(TABLE).map(|(bug, (_, models))| {
        let found = models.iter().find(|model| model.name == bug.model);
        (bug, found.unwrap_or_else(|| panic!("`{}` names no model: {}", bug.name, bug.model)))
    })
}
