//! Makes a scenario that was rejected as small as possible, because a small one is easier to debug.

use pipeline::exchanges::Limits;

use crate::run::Replay;
use crate::scenario::{Arrival, Scenario};
use crate::style::Style;
use crate::trial::{Rejection, trial};

/// Leaves out requests, faults, flaws, limits and choices of the schedule, one at a time, as long as the
/// same clause is broken. At the end, nothing more can be left out alone.
#[must_use]
pub fn shrink(styles: &[Style], found: Rejection) -> Rejection {
    let clause = found.violation.clause;
    let mut smallest = found;
    loop {
        let smaller = smaller(&smallest)
            .into_iter()
            .find_map(|(scenario, choices)| rejected(styles, clause, &scenario, choices));
        match smaller {
            Some(rejection) => smallest = rejection,
            None => return smallest,
        }
    }
}

type Choices = Vec<(usize, usize)>;

/// The rejection of a smaller scenario, if it is rejected by the same clause.
fn rejected(
    styles: &[Style],
    clause: &str,
    scenario: &Scenario,
    choices: Choices,
) -> Option<Rejection> {
    let rejection = trial(styles, scenario, &mut Replay(choices.iter())).err()?;
    // These are the planned choices and not the choices that were made: at the end of its list, a
    // schedule takes the first action.
    (rejection.violation.clause == clause).then_some(Rejection { choices, ..rejection })
}

/// Leaves out a request. The try that comes after it comes by itself then.
fn leave_out(arrivals: &mut Vec<Arrival>, request: usize) {
    arrivals.remove(request);
    for each in &mut *arrivals {
        if each.try_after.is_some_and(|before| before > request) {
            each.try_after = each.try_after.map(|before| before - 1);
        } else if each.try_after == Some(request) {
            each.try_after = None;
        }
    }
}

/// All scenarios that are one step smaller. The largest steps come first.
fn smaller(found: &Rejection) -> Vec<(Scenario, Choices)> {
    let (scenario, choices) = (&*found.scenario, &found.choices);
    let change = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = scenario.clone();
        change(&mut scenario);
        (scenario, choices.clone())
    };
    let requests = 0..scenario.arrivals.len();
    let mut steps: Vec<(Scenario, Choices)> = Vec::new();
    if requests.len() > 1 {
        steps.extend(
            requests.clone().map(|at| change(&|smaller| leave_out(&mut smaller.arrivals, at))),
        );
    }
    if scenario.limits != Limits::default() {
        steps.push(change(&|smaller| smaller.limits = Limits::default()));
    }
    for at in requests {
        let arrival = &scenario.arrivals[at];
        for fault in 0..arrival.faults.len() {
            steps.push(change(&|smaller| {
                smaller.arrivals[at].faults.remove(fault);
            }));
        }
        if arrival.said.flaw.is_some() {
            steps.push(change(&|smaller| smaller.arrivals[at].said.flaw = None));
        }
    }
    if !choices.is_empty() {
        steps.push((scenario.clone(), choices[..choices.len() / 2].to_vec()));
        steps.push((scenario.clone(), choices[..choices.len() - 1].to_vec()));
    }
    for at in (0..choices.len()).filter(|at| choices[*at].0 > 0) {
        let mut first = choices.clone();
        first[at].0 = 0;
        steps.push((scenario.clone(), first));
    }
    steps
}
