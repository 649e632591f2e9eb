use ::pipeline::{Context, units::later as rule};

use super::queue::Asked;
use crate::ask::Routine;

/// Replies after a wait that is longer than the deadline.
pub fn later(ctx: Box<Context>) -> Routine<Asked> {
    go!(co => {
        match yield_!(co, ctx.host().sleep(rule::PAUSE)) {
            Err(failure) => (ctx, Err(failure.into())),
            Ok(()) => (ctx, Ok(rule::verdict())),
        }
    })
}
