//! Every fault alone, and every pair of faults.

use pipeline::{Event, Operation};

use super::Tally;
use crate::kinds::SAMPLES;
use crate::model;
use crate::run::{Natural, Report};
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

/// How many of the planned faults did happen, and how many could not. A fault that happens twice
/// counts once.
///
/// # Panics
/// When a fault that can happen did not happen, because then the campaign would prove nothing.
pub(super) fn count(scenario: &Scenario, report: &Report) -> (usize, usize) {
    let (mut fired, mut impossible) = (0, 0);
    for (request, arrival) in scenario.arrivals.iter().enumerate() {
        for (number, fault) in &arrival.faults {
            if report.fired.contains(&(request, *number, *fault)) {
                fired += 1;
            } else {
                let excused = cannot_fire(report, request, *number, *fault);
                assert!(excused, "{fault:?} of request {request}, operation {number}:\n{scenario}");
                impossible += 1;
            }
        }
    }
    (fired, impossible)
}

/// Whether a planned fault cannot happen in this run.
fn cannot_fire(report: &Report, request: usize, number: usize, fault: Injected) -> bool {
    let events = || report.trace.iter().filter(|(of, _)| *of == request).map(|(_, event)| event);
    let submitted = events().filter_map(|event| match event {
        Event::Submitted(operation) => Some(*operation),
        _ => None,
    });
    let Some(operation) = submitted.into_iter().nth(number) else { return true };
    let replied = events().any(|event| matches!(event, Event::Replied(_)));
    let cancelled =
        report.fired.iter().any(|(of, _, fault)| (*of, *fault) == (request, Injected::Cancel));
    // A timer that is dropped before it is due does not end, nor does a `begin` whose turn never
    // comes.
    let may_not_end = matches!(operation, Operation::Sleep | Operation::Begin);
    match fault {
        Injected::Applied | Injected::Twice => may_not_end,
        Injected::Late => may_not_end || !replied,
        Injected::Sync => operation == Operation::Begin,
        Injected::Cancel => replied || cancelled,
        _ => false,
    }
}
