//! Every order in which the operations of some requests may end.

use super::{Tally, faults};
use crate::model;
use crate::run::Schedule;
use crate::scenario::{Arrival, Injected, Scenario};
use crate::style::Style;
use crate::trial::Rejection;

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

/// Plays every interleaving of some requests of which one meets one fault: each of its operations,
/// in every way.
///
/// # Errors
/// The first clause that a style breaks.
pub fn with_one_fault(styles: &[Style], arrivals: &[Arrival]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for request in 0..arrivals.len() {
        for number in 0..faults::operations(&at_once(arrivals.to_vec()), request) {
            for fault in Injected::ALL {
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
