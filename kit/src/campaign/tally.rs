//! What a campaign has done.

use std::fmt;

use pipeline::{Event, Operation};

use crate::run::{Report, Schedule};
use crate::scenario::{Injected, Scenario};
use crate::style::Style;
use crate::trial::{Rejection, trial};

/// What a campaign has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Scenarios and schedules played.
    pub scenarios: usize,
    /// Runs, over all styles.
    pub runs: usize,
    /// Faults that were planned.
    pub planned: usize,
    /// Faults that did happen.
    pub fired: usize,
    /// Faults that could not happen in their run, such as a second end of a timer that was dropped.
    pub impossible: usize,
    /// Runs that the model predicted.
    pub predicted: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenarios, runs, planned, fired, impossible, predicted } = self;
        write!(
            formatter,
            "{scenarios} scenarios, {runs} runs, {fired} of {planned} planned faults fired, \
             {impossible} could not, {predicted} runs predicted: 0 violations"
        )
    }
}

impl Tally {
    /// Counts what another campaign has done, too.
    pub fn add(&mut self, other: &Self) {
        self.scenarios += other.scenarios;
        self.runs += other.runs;
        self.planned += other.planned;
        self.fired += other.fired;
        self.impossible += other.impossible;
        self.predicted += other.predicted;
    }

    /// Plays one scenario through all styles, and counts.
    pub(super) fn trial(
        &mut self,
        styles: &[Style],
        scenario: &Scenario,
        schedule: &mut dyn Schedule,
    ) -> Result<Report, Rejection> {
        let report = trial(styles, scenario, schedule)?;
        self.scenarios += 1;
        self.runs += styles.len();
        self.predicted += styles.len();
        let (fired, impossible) = count(scenario, &report);
        self.planned += scenario.arrivals.iter().map(|arrival| arrival.faults.len()).sum::<usize>();
        self.fired += fired;
        self.impossible += impossible;
        Ok(report)
    }
}

/// How many of the planned faults did happen, and how many could not. A fault that happens twice
/// counts once.
///
/// # Panics
/// When a fault that can happen did not happen, because then the campaign would prove nothing.
fn count(scenario: &Scenario, report: &Report) -> (usize, usize) {
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
        report.fired.iter().any(|(of, _, fault)| (*of, *fault) == (request, Injected::Cancel))
            || report.hung_up.contains(&request);
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
