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
/// clauses, against the first style and, if it is `predictable`, against the model. Returns the
/// report of the first style.
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
    predictable: bool,
) -> Result<Report, Rejection> {
    let script = scenario.script();
    let mut first: Option<Report> = None;
    for style in styles {
        let report = match &first {
            None => play(style, &script, schedule),
            Some(first) => play(style, &script, &mut Replay(first.choices.iter())),
        };
        let reject = |violation| Rejection {
            style: style.name,
            violation,
            scenario: Box::new(scenario.clone()),
            choices: report.choices.clone(),
        };
        clauses::check(scenario, &report).map_err(reject)?;
        model::serial(scenario, &report).map_err(reject)?;
        if predictable {
            model::check(scenario, &report).map_err(reject)?;
        }
        match &first {
            Some(first) => {
                difference::compare((styles[0].name, first), (style.name, &report))
                    .map_err(reject)?;
            }
            None => first = Some(report),
        }
    }
    let Some(report) = first else { panic!("a trial needs a style") };
    Ok(report)
}
