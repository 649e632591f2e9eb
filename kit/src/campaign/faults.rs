//! Every fault alone, and every pair of faults.

use pipeline::Operation;

use super::tally::Tally;
use crate::corpus::late::late;
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

/// The same for the units that wait for services, where all of them are on.
#[must_use]
pub fn to_services() -> Vec<Said> {
    let text = |account, text: &str| (account, What::Text(text.to_owned()));
    let each = [
        text("full", "hello"),
        text("demo", "weather Paris"),
        text("demo", "ask why?"),
        text("api", "articles Rust"),
        ("api", What::Click("ARTICLES".to_owned())),
    ];
    let said = |(account, what): (&str, What)| Said {
        account: account.to_owned(),
        ..Said::new("alice", 1, what)
    };
    each.map(said).to_vec()
}

/// A message that meets these faults. Then it is repeated, and the user sends another one.
fn conversation(said: &Said, faults: &[(usize, Injected)]) -> Scenario {
    let next = Said { id: 2, what: What::Text("hello".to_owned()), ..said.clone() };
    let mut first = Arrival::new(0, said.clone());
    first.faults.extend(faults);
    let arrivals = vec![first, Arrival::new(20, said.clone()), Arrival::new(40, next)];
    Scenario::new(format!("{:?} with {faults:?}", said.what), arrivals)
}

/// The operations that a request of the scenario submits.
pub(super) fn operations(scenario: &Scenario, request: usize) -> Vec<Operation> {
    let submitted = model::submitted(scenario, &mut Natural).into_iter();
    submitted.filter(|(of, _)| *of == request).map(|(_, operation)| operation).collect()
}

/// Every fault at every operation.
fn each_fault(operations: Vec<Operation>) -> impl Iterator<Item = (usize, Injected)> {
    let faults = |(number, operation)| Injected::of(operation).iter().map(move |it| (number, *it));
    operations.into_iter().enumerate().flat_map(faults)
}

/// Plays conversations in which one operation fails: each operation once, in every way.
///
/// # Errors
/// The first clause that a style breaks.
pub fn single_faults(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    let plain = messages().into_iter().map(|what| Said::new("alice", 1, what));
    for said in plain.chain(to_services()) {
        for fault in each_fault(operations(&conversation(&said, &[]), 0)) {
            tally.trial(styles, &conversation(&said, &[fault]), &mut Natural)?;
        }
    }
    Ok(tally)
}

/// Plays the conversations with late answers in which one operation of any request fails: each
/// operation once, in every way. Of these, one in `sparse` is played.
///
/// # Errors
/// The first clause that a style breaks.
pub fn late_faults(styles: &[Style], sparse: usize) -> Result<Tally, Rejection> {
    play(styles, late().into_iter().flat_map(|talk| faulty(talk.scenario)).step_by(sparse))
}

/// A scenario with each fault that is not planned there yet.
fn faulty(scenario: Scenario) -> impl Iterator<Item = Scenario> {
    let requests = 0..scenario.arrivals.len();
    let each = requests.flat_map(|request| {
        let of = each_fault(operations(&scenario, request));
        of.map(|fault| (request, fault)).collect::<Vec<_>>()
    });
    let with = |(request, fault): (usize, (usize, Injected))| {
        let mut faulty = scenario.clone();
        let faults = &mut faulty.arrivals[request].faults;
        if faults.iter().any(|(number, _)| *number == fault.0) {
            return None;
        }
        faults.push(fault);
        Some(faulty)
    };
    each.filter_map(with).collect::<Vec<_>>().into_iter()
}

/// Plays conversations in which two operations fail: each two, in every two ways. Of these, one in
/// `sparse` is played.
///
/// # Errors
/// The first clause that a style breaks.
pub fn fault_pairs(styles: &[Style], sparse: usize) -> Result<Tally, Rejection> {
    let plain = messages().into_iter().map(|what| Said::new("alice", 1, what));
    play(styles, plain.flat_map(pairs).step_by(sparse))
}

/// The same for the units that wait for services.
///
/// # Errors
/// The first clause that a style breaks.
pub fn fault_pairs_of_services(styles: &[Style], sparse: usize) -> Result<Tally, Rejection> {
    play(styles, to_services().into_iter().flat_map(pairs).step_by(sparse))
}

fn play(styles: &[Style], scenarios: impl Iterator<Item = Scenario>) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for scenario in scenarios {
        tally.trial(styles, &scenario, &mut Natural)?;
    }
    Ok(tally)
}

/// The second fault is planned where the first one leaves an operation.
fn pairs(said: Said) -> impl Iterator<Item = Scenario> {
    each_fault(operations(&conversation(&said, &[]), 0)).flat_map(move |one| {
        let left = operations(&conversation(&said, &[one]), 0);
        let others = each_fault(left).filter(move |other| other.0 > one.0);
        let pairs = others.map(|other| conversation(&said, &[one, other]));
        pairs.collect::<Vec<_>>()
    })
}
