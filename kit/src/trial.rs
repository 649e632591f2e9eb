//! One scenario, played through several styles and judged.

use std::fmt;

use crate::clauses::{self, Violation};
use crate::run::{Replay, Report, Schedule, play};
use crate::scenario::Scenario;
use crate::style::Style;
use crate::{difference, model};

/// A style that broke a clause, with everything that is needed to play the run again.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The style.
    pub style: &'static str,
    /// The clause.
    pub violation: Violation,
    /// The scenario.
    pub scenario: Box<Scenario>,
    /// The schedule: each choice, and the number of actions to choose from.
    pub choices: Vec<(usize, usize)>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, violation, scenario, choices } = self;
        write!(formatter, "{style} breaks {violation}\n{scenario}schedule: {choices:?}")
    }
}

impl std::error::Error for Rejection {}

/// Plays one scenario through all styles under one schedule. Each run is checked against the
/// clauses, against the model and against the first style. Returns the report of the first style.
///
/// # Errors
/// The first clause that a style breaks.
///
/// # Panics
/// When there is no style.
pub fn trial(
    styles: &[Style],
    scenario: &Scenario,
    schedule: &mut dyn Schedule,
) -> Result<Report, Rejection> {
    let script = scenario.script();
    let mut first: Option<Report> = None;
    for style in styles {
        let report = match &first {
            None => play(style, &script, schedule),
            Some(first) => play(style, &script, &mut Replay(first.choices.iter())),
        };
        // No judge knows the style, so what is equal to a right report is right.
        if first.as_ref() == Some(&report) {
            continue;
        }
        let judged = clauses::check(scenario, &report)
            .and_then(|()| model::serial(scenario, &report))
            .and_then(|()| model::check(scenario, &report))
            .and_then(|()| match &first {
                Some(first) => difference::compare((styles[0].name, first), (style.name, &report)),
                None => Ok(()),
            });
        if let Err(violation) = judged {
            let (scenario, choices) = (Box::new(scenario.clone()), report.choices);
            return Err(Rejection { style: style.name, violation, scenario, choices });
        }
        first.get_or_insert(report);
    }
    let Some(report) = first else { panic!("a trial needs a style") };
    Ok(report)
}
