//! The list of layers and units, in the words of docs/SPEC.md.

use ::pipeline::units::{Exact, Fuzzy, Guess, Voice, Welcome, later as rule};

use super::compose::{Layer, Onion, compose};
use super::layers::{account, deadline, envelope, exchange, handshake, log, recover, verify};
use super::units::{Unit, later, queue};

/// The study's pipeline.
#[must_use]
pub fn pipeline() -> Onion {
    compose(layers(units()))
}

/// The nine layers, outermost first.
#[must_use]
pub fn layers(units: Vec<Unit>) -> Vec<Layer> {
    vec![
        Layer::new("log", log),
        Layer::new("recover", recover),
        Layer::new("deadline", deadline),
        Layer::new("account", account),
        Layer::new("verify", verify),
        Layer::new("handshake", handshake),
        Layer::new("envelope", envelope),
        Layer::new("exchange", exchange),
        queue(units),
    ]
}

/// The units, in the order of their ranks.
#[must_use]
pub fn units() -> Vec<Unit> {
    vec![
        Unit::Rule(&Voice),
        Unit::Rule(&Welcome),
        Unit::Rule(&Guess),
        Unit::waits(rule::NAME, rule::wants, later),
        Unit::Rule(&Exact),
        Unit::Rule(&Fuzzy),
    ]
}
