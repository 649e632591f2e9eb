//! The campaigns: every conversation, every fault, every interleaving, random scenarios. Each run
//! is checked against the clauses, against the model and against the other styles.
//!
//! * [`faults`]: every fault alone, and every pair of faults.
//! * [`interleavings`]: every order in which the operations of some requests may end.
//! * [`mod@random`]: random scenarios, with faults where operations are.

pub mod faults;
pub mod interleavings;
pub mod random;

use std::fmt;

use crate::clauses::Violation;
use crate::corpus::{Conversation, corpus};
use crate::run::{Natural, Report, Schedule};
use crate::scenario::Scenario;
use crate::style::Style;
use crate::trial::{Rejection, trial};

pub use faults::{fault_pairs, single_faults};
pub use interleavings::{interleavings, with_one_fault};
pub use random::random;

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

/// Judges styles by the corpus, by every single fault and by some random scenarios. Each style is
/// checked against the clauses and the model. If there are several styles, each is also compared
/// with the first. One style alone is enough: a fifth style needs nothing else.
///
/// # Errors
/// The first clause that is broken.
pub fn judge(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = conversations(styles)?;
    tally.add(&single_faults(styles)?);
    tally.add(&random(styles, 0, JUDGED, |_| ())?);
    Ok(tally)
}

/// How many random scenarios are played to judge styles.
const JUDGED: u64 = 500;

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
    fn trial(
        &mut self,
        styles: &[Style],
        scenario: &Scenario,
        schedule: &mut dyn Schedule,
    ) -> Result<Report, Rejection> {
        let report = trial(styles, scenario, schedule)?;
        self.scenarios += 1;
        self.runs += styles.len();
        self.predicted += styles.len();
        let (fired, impossible) = faults::count(scenario, &report);
        self.planned += scenario.arrivals.iter().map(|arrival| arrival.faults.len()).sum::<usize>();
        self.fired += fired;
        self.impossible += impossible;
        Ok(report)
    }
}

/// Plays every conversation of the corpus and compares the answers.
///
/// # Errors
/// The first clause that a style breaks.
pub fn conversations(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for each in corpus() {
        tally.add(&conversation(styles, &each)?);
    }
    Ok(tally)
}

/// Plays one conversation and compares the answers.
///
/// # Errors
/// The first clause that a style breaks.
pub fn conversation(styles: &[Style], conversation: &Conversation) -> Result<Tally, Rejection> {
    let Conversation { scenario, expected, .. } = conversation;
    let mut tally = Tally::default();
    let report = tally.trial(styles, scenario, &mut Natural)?;
    for (request, (reply, expected)) in report.replies.iter().zip(expected).enumerate() {
        if !expected.is(reply.as_ref()) {
            let detail = format!("request {request}: {expected:?} expected, {reply:?} seen");
            return Err(Rejection {
                style: styles[0].name,
                violation: Violation { clause: "9.6", name: "the_corpus_gets_its_answers", detail },
                scenario: Box::new(scenario.clone()),
                choices: report.choices,
            });
        }
    }
    Ok(tally)
}
