use ::pipeline::{Context, Verdict, units::later as rule};

use super::queue::Asked;
use crate::compose::Bounce;

/// Replies after a wait that is longer than the deadline.
pub fn later(ctx: Box<Context>, asked: Asked) -> Bounce {
    let pause = ctx.host().sleep(rule::PAUSE);
    asked.wait(pause, |slept, asked| match slept {
        Err(failure) => asked.call(Some(failure.into()), Verdict::Pass, ctx),
        Ok(()) => asked.call(None, rule::verdict(), ctx),
    })
}
