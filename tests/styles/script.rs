//! A layer as a list of steps. Only the steps that wait differ between the styles. They are a
//! [`Turn`], which the style runs.

use std::panic::resume_unwind;
use std::slice;
use std::sync::Arc;

use ::pipeline::{Context, Error, Outcome, Response};
use serde::Deserialize;

use super::desk::{Bursts, Guard, note};

/// A layer.
pub type Script = &'static [Step];

/// What a layer does next. After a failure, steps are skipped up to the next [`Step::Catch`].
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Notes a number.
    Note(u16),
    /// Counts in the context, and notes the count.
    Count,
    /// Responds with a status.
    Reply(u16),
    /// Notes the status of the response.
    See,
    /// Holds something that notes a number when it is dropped.
    Guard(u16),
    /// The same, and it panics when it is dropped.
    Bursts(u16),
    /// Fails with an error whose status is 404.
    Fail,
    /// Panics.
    Panic,
    /// As the first step: the function that makes the layer panics, before it has made anything.
    Unmade,
    /// After a failure: notes a number, and goes on as if there had been none.
    Catch(u16),
    /// Waits for an operation.
    Wait,
    /// Runs the layers further in.
    Next,
    /// The same, and a panic is a failure.
    Contain,
    /// Makes the rest, and does not run, await, return or yield it.
    Forget,
}

/// A step that each style takes in its own way.
pub enum Turn {
    /// [`Step::Wait`]
    Wait,
    /// [`Step::Next`]
    Next,
    /// [`Step::Contain`]
    Contain,
    /// [`Step::Forget`]
    Forget,
}

/// A layer under way.
pub struct Play {
    steps: slice::Iter<'static, Step>,
    guards: Vec<Guard>,
    bursts: Vec<Bursts>,
    /// How the last turn ended; in the end, how the layer did.
    pub outcome: Outcome,
}

impl Play {
    /// Begins. It is called by the function that makes the layer.
    pub fn new(script: Script) -> Self {
        if let [Step::Unmade, ..] = script {
            resume_unwind(Box::new("injected"));
        }
        Self { steps: script.iter(), guards: Vec::new(), bursts: Vec::new(), outcome: Ok(()) }
    }

    /// After a turn.
    pub fn after<E: Into<Error>>(self, ended: Result<(), E>) -> Self {
        Self { outcome: ended.map_err(Into::into), ..self }
    }

    /// Goes on to the next turn, or to the end.
    pub fn turn(&mut self, ctx: &mut Context) -> Option<Turn> {
        loop {
            let step = self.steps.next()?;
            match (*step, &self.outcome) {
                (Step::Catch(number), Err(_)) => {
                    note(ctx, number);
                    self.outcome = Ok(());
                }
                (Step::Catch(_), Ok(())) | (_, Err(_)) => {}
                (Step::Note(number), _) => note(ctx, number),
                (Step::Count, _) => {
                    ctx.revision += 1;
                    note(ctx, u16::try_from(ctx.revision).expect("few layers count"));
                }
                (Step::Reply(status), _) => ctx.response = Some(Response::text(status, "")),
                (Step::See, _) => note(ctx, ctx.response.as_ref().map_or(0, |found| found.status)),
                (Step::Guard(number), _) => {
                    self.guards.push(Guard { origin: Arc::clone(ctx.origin()), number });
                }
                (Step::Bursts(number), _) => {
                    let origin = Arc::clone(ctx.origin());
                    self.bursts.push(Bursts(Guard { origin, number }));
                }
                (Step::Fail, _) => self.outcome = Err(Error::UnknownAccount),
                (Step::Panic | Step::Unmade, _) => resume_unwind(Box::new("injected")),
                (Step::Wait, _) => return Some(Turn::Wait),
                (Step::Next, _) => return Some(Turn::Next),
                (Step::Contain, _) => return Some(Turn::Contain),
                (Step::Forget, _) => return Some(Turn::Forget),
            }
        }
    }
}
