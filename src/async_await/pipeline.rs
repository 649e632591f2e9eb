//! The list of layers and units, in the words of docs/SPEC.md.

use ::pipeline::units::{self as rules, Exact, Fuzzy, Guess, Voice, Welcome};

use super::compose::{Layer, Onion, compose};
use super::layers::{account, deadline, envelope, exchange, handshake, log, recover, verify};
use super::units::{Unit, ask, later, queue, weather};

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
        Unit::waits(rules::later::NAME, rules::later::wants, later),
        Unit::waits(rules::weather::NAME, rules::weather::wants, weather),
        Unit::waits(rules::ask::NAME, rules::ask::wants, ask),
        Unit::Rule(&Exact),
        Unit::Rule(&Fuzzy),
    ]
}
