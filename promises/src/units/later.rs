use ::pipeline::{Context, Verdict, units::later as rule};

use crate::compose::{Promise, attempt};

/// Replies after a wait that is longer than the deadline.
pub fn later(ctx: Box<Context>) -> Promise<(Box<Context>, Verdict)> {
    let pause = ctx.host().sleep(rule::PAUSE);
    Promise::operation(pause, |slept| {
        attempt(ctx, |_| {
            slept?;
            Ok(rule::verdict())
        })
    })
}
