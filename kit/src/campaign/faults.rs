//! Every fault alone, and every pair of faults.

use super::tally::Tally;
use crate::kinds::SAMPLES;
use crate::model;
use crate::run::Natural;
use crate::scenario::{Arrival, Injected, Said, Scenario, What};
use crate::style::Style;
use crate::trial::Rejection;

/// The messages in which faults are planned: one for each way that a message may take.
#[must_use]
pub fn messages() -> Vec<What> {
    let text = |text: &str| What::Text(text.to_owned());
    let voice = |speech: &str| What::Voice(Some(speech.to_owned()));
    let other = |event| SAMPLES.iter().find(|sample| sample.is_event() == event).map(What::Other);
    let each = [
        text("hello"),
        text("nothing"),
        text("guess"),
        text("later"),
        text("how is the weather?"),
        voice("天气"),
        What::Voice(None),
        What::Subscribe,
        What::Click("MENU_HELP".to_owned()),
        What::Handshake("5837".to_owned()),
    ];
    each.into_iter().chain(other(true)).chain(other(false)).collect()
}

/// A message that meets these faults. Then it is repeated, and the user sends another one.
fn conversation(what: &What, faults: &[(usize, Injected)]) -> Scenario {
    let said = Said::new("alice", 1, what.clone());
    let next = Said::new("alice", 2, What::Text("hello".to_owned()));
    let mut first = Arrival::new(0, said.clone());
    first.faults.extend(faults);
    let arrivals = vec![first, Arrival::new(20, said), Arrival::new(40, next)];
    Scenario::new(format!("{what:?} with {faults:?}"), arrivals)
}

/// How many operations a request of the scenario submits.
pub(super) fn operations(scenario: &Scenario, request: usize) -> usize {
    let submitted = model::submitted(scenario, &mut Natural);
    submitted.iter().filter(|of| **of == request).count()
}

/// Plays conversations in which one operation fails: each operation once, in every way.
///
/// # Errors
/// The first clause that a style breaks.
pub fn single_faults(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for what in messages() {
        for number in 0..operations(&conversation(&what, &[]), 0) {
            for fault in Injected::ALL {
                tally.trial(styles, &conversation(&what, &[(number, fault)]), &mut Natural)?;
            }
        }
    }
    Ok(tally)
}

/// Plays conversations in which two operations fail: each two, in every two ways. Of these, one in
/// `sparse` is played.
///
/// # Errors
/// The first clause that a style breaks.
pub fn fault_pairs(styles: &[Style], sparse: usize) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for scenario in pairs().step_by(sparse) {
        tally.trial(styles, &scenario, &mut Natural)?;
    }
    Ok(tally)
}

/// The second fault is planned where the first one leaves an operation.
fn pairs() -> impl Iterator<Item = Scenario> {
    messages().into_iter().flat_map(|what| {
        let mut pairs = Vec::new();
        for number in 0..operations(&conversation(&what, &[]), 0) {
            for one in Injected::ALL.map(|fault| (number, fault)) {
                for later in number + 1..operations(&conversation(&what, &[one]), 0) {
                    let others = Injected::ALL.map(|fault| (later, fault));
                    pairs.extend(others.map(|other| conversation(&what, &[one, other])));
                }
            }
        }
        pairs
    })
}
