//! The list of layers and units, in the words of docs/SPEC.md.

use std::sync::Arc;

use ::pipeline::units::{self as rules, Exact, Fuzzy, Guess, Owed, Voice, Welcome};
use futures::FutureExt;

use super::compose::{Layer, Onion, compose};
use super::layers::{account, deadline, envelope, exchange, handshake, log, recover, verify};
use super::services::Tickets;
use super::units::{Unit, articles, ask, later, profile, queue, weather};

/// The study's pipeline.
#[must_use]
pub fn pipeline() -> Onion {
    let tickets = Arc::default();
    compose(layers(units(&tickets), &tickets))
}

/// The nine layers, outermost first. `deadline` shares the tickets with the units.
#[must_use]
pub fn layers(units: Vec<Unit>, tickets: &Arc<Tickets>) -> Vec<Layer> {
    let tickets = Arc::clone(tickets);
    vec![
        Layer::new("log", log),
        Layer::new("recover", recover),
        Layer::capturing("deadline", move |ctx, next| {
            deadline(ctx, next, Arc::clone(&tickets)).boxed()
        }),
        Layer::new("account", account),
        Layer::new("verify", verify),
        Layer::new("handshake", handshake),
        Layer::new("envelope", envelope),
        Layer::new("exchange", exchange),
        queue(units),
    ]
}

/// The units, in the order of their ranks. Those that call WeChat's API share its tickets.
#[must_use]
pub fn units(tickets: &Arc<Tickets>) -> Vec<Unit> {
    let [of_profile, of_articles] = [Arc::clone(tickets), Arc::clone(tickets)];
    vec![
        Unit::Rule(&Owed),
        Unit::Rule(&Voice),
        Unit::Rule(&Welcome),
        Unit::capturing(rules::profile::NAME, rules::profile::wants, move |ctx| {
            profile(ctx, Arc::clone(&of_profile)).boxed()
        }),
        Unit::Rule(&Guess),
        Unit::waits(rules::later::NAME, rules::later::wants, later),
        Unit::waits(rules::weather::NAME, rules::weather::wants, weather),
        Unit::waits(rules::ask::NAME, rules::ask::wants, ask),
        Unit::capturing(rules::articles::NAME, rules::articles::wants, move |ctx| {
            articles(ctx, Arc::clone(&of_articles)).boxed()
        }),
        Unit::Rule(&Exact),
        Unit::Rule(&Fuzzy),
    ]
}
