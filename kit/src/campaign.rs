//! The campaigns: every conversation, every fault, every interleaving, random scenarios. Each run
//! is checked against the clauses, against the model and against the other styles.
//!
//! * [`tally`]: what a campaign has done.
//! * [`faults`]: every fault alone, and every pair of faults.
//! * [`mod@interleavings`]: every order in which the operations of some requests may end.
//! * [`mod@random`]: random scenarios, with faults where operations are.

pub mod faults;
pub mod interleavings;
pub mod random;
pub mod tally;

use pipeline::Event;

use crate::clauses::Violation;
use crate::corpus::late::late;
use crate::corpus::services::services;
use crate::corpus::{Conversation, corpus};
use crate::run::{Natural, Report};
use crate::style::Style;
use crate::trial::Rejection;

pub use faults::{fault_pairs, fault_pairs_of_services, late_faults, single_faults};
pub use interleavings::{
    cancellations, interleavings, late_orders, some_interleavings, with_one_fault,
};
pub use random::random;
pub use tally::Tally;

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

/// Plays every conversation of the corpus and compares the answers.
///
/// # Errors
/// The first clause that a style breaks.
pub fn conversations(styles: &[Style]) -> Result<Tally, Rejection> {
    let mut tally = Tally::default();
    for each in corpus().into_iter().chain(services()).chain(late()) {
        tally.add(&conversation(styles, &each)?);
    }
    Ok(tally)
}

/// The customer-service messages of a request, and whether each push was told as sent.
fn pushes(report: &Report, request: usize) -> (Vec<&str>, Vec<bool>) {
    let calls = report.calls.iter().filter(|sent| sent.request == request && sent.is_message());
    let told = report.trace.iter().filter_map(|(of, event)| match event {
        Event::Pushed(pushed) if *of == request => Some(pushed.failed.is_none()),
        _ => None,
    });
    (calls.filter_map(|sent| sent.call.json.as_deref()).collect(), told.collect())
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
        let (messages, told) = pushes(&report, request);
        if !expected.is(reply.as_ref()) || !expected.sends(&messages, &told) {
            let detail = format!(
                "request {request}: {expected:?} expected, {reply:?} seen, pushed {messages:?} {told:?}"
            );
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
