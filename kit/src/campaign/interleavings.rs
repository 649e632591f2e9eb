//! Every order in which the operations of some requests may end.

use super::faults::{messages, operations};
use super::tally::Tally;
use crate::corpus::late::late;
use crate::model;
use crate::run::{Random, Schedule};
use crate::scenario::{Arrival, Injected, Said, Scenario, What};
use crate::style::Style;
use crate::trial::Rejection;

fn hello(user: &str, id: u64) -> Arrival {
    Arrival::new(0, Said::new(user, id, What::Text("hello".to_owned())))
}

/// Two requests that arrive together: of two users, of one, and a message with its repeat.
#[must_use]
pub fn two() -> [Vec<Arrival>; 3] {
    [("bob", 1), ("alice", 2), ("alice", 1)]
        .map(|(user, id)| vec![hello("alice", 1), hello(user, id)])
}

/// A third request with each of [`two`]: of another user, of the first user, and a repeat.
#[must_use]
pub fn three() -> Vec<Vec<Arrival>> {
    let thirds = [("carol", 1), ("alice", 3), ("alice", 1)];
    let with = |two: Vec<Arrival>| {
        thirds.map(|(user, id)| [&two[..], &[hello(user, id)]].concat()).into_iter()
    };
    two().into_iter().flat_map(with).collect()
}

/// Three users whose commits fail, so that each request has five events and not four.
#[must_use]
pub fn three_that_fail() -> Vec<Arrival> {
    ["alice", "bob", "carol"].map(|user| hello(user, 1).with_fault(3, Injected::Transient)).to_vec()
}

/// Two users whose messages need WeChat's API, and with it a ticket, at once.
#[must_use]
pub fn two_for_a_ticket() -> Vec<Arrival> {
    let said = |user| {
        let what = What::Text("articles Rust".to_owned());
        Said { account: "api".to_owned(), ..Said::new(user, 1, what) }
    };
    ["alice", "bob"].map(|user| Arrival::new(0, said(user))).to_vec()
}

/// Two messages of a user of whom there is no record. The first is cancelled while it creates one,
/// so the second may find none and then be too late to create it.
#[must_use]
pub fn one_record_twice() -> Vec<Arrival> {
    let create = 8;
    let said = |id| {
        let what = What::Text("hello".to_owned());
        Arrival::new(0, Said { account: "full".to_owned(), ..Said::new("alice", id, what) })
    };
    vec![said(1).with_fault(create, Injected::Cancel), said(2)]
}

/// Requests that arrive in any order among their operations. Timers fire when nothing else can
/// happen.
#[must_use]
pub fn at_once(arrivals: Vec<Arrival>) -> Scenario {
    let scenario = Scenario::new("all interleavings", arrivals);
    Scenario { timers_last: true, ..scenario }
}

/// Plays every interleaving of the operations of some requests.
///
/// # Errors
/// The first clause that a style breaks.
///
/// # Panics
/// When the model counts another number of interleavings than were played.
pub fn interleavings(styles: &[Style], scenario: &Scenario) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    let mut odometer = Odometer::default();
    loop {
        tally.trial(styles, scenario, &mut odometer)?;
        if !odometer.turn() {
            break;
        }
    }
    assert_eq!(tally.scenarios, model::schedules(scenario), "interleavings of\n{scenario}");
    Ok(tally)
}

/// Plays every interleaving of a message of each kind and the user's next one, of which one is
/// cancelled: at each of its operations, also while it waits in the queue or for a timer.
///
/// # Errors
/// The first clause that a style breaks.
pub fn cancellations(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for what in messages() {
        let arrivals = [Arrival::new(0, Said::new("alice", 1, what)), hello("alice", 2)];
        tally.add(&with_one_fault(styles, &arrivals, &[Injected::Cancel])?);
    }
    Ok(tally)
}

/// Plays some interleavings, by chance: where there are too many to play all.
///
/// # Errors
/// The first clause that a style breaks.
pub fn some_interleavings(
    styles: &[Style],
    scenario: &Scenario,
    count: u64,
) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for seed in 0..count {
        tally.trial(styles, scenario, &mut Random(seed))?;
    }
    Ok(tally)
}

/// Plays the conversations with late answers in `count` orders each, by chance.
///
/// # Errors
/// The first clause that a style breaks.
pub fn late_orders(styles: &[Style], count: u64) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for talk in late() {
        tally.add(&some_interleavings(styles, &talk.scenario, count)?);
    }
    Ok(tally)
}

/// Plays every interleaving of some requests of which one meets one of these faults: at each of its
/// operations.
///
/// # Errors
/// The first clause that a style breaks.
pub fn with_one_fault(
    styles: &[Style],
    arrivals: &[Arrival],
    faults: &[Injected],
) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for request in 0..arrivals.len() {
        let operations = operations(&at_once(arrivals.to_vec()), request);
        for (number, operation) in operations.into_iter().enumerate() {
            let possible = Injected::of(operation);
            for fault in faults.iter().copied().filter(|fault| possible.contains(fault)) {
                let mut arrivals = arrivals.to_vec();
                arrivals[request].faults.push((number, fault));
                tally.add(&interleavings(styles, &at_once(arrivals))?);
            }
        }
    }
    Ok(tally)
}

/// Enumerates schedules. It repeats the choices of its list, and then always takes the first
/// action. After the run it increases the last choice that can be increased, and removes the
/// choices after it.
#[derive(Default)]
struct Odometer {
    path: Vec<(usize, usize)>,
    at: usize,
}

impl Schedule for Odometer {
    fn choose(&mut self, arity: usize) -> usize {
        if self.at == self.path.len() {
            self.path.push((0, arity));
        }
        let (choice, planned) = self.path[self.at];
        assert_eq!(planned, arity, "a schedule must be replayed on the same world");
        self.at += 1;
        choice
    }
}

impl Odometer {
    fn turn(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, arity)) = self.path.pop() {
            if choice + 1 < arity {
                self.path.push((choice + 1, arity));
                return true;
            }
        }
        false
    }
}
