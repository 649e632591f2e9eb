use std::sync::Arc;

use ::pipeline::{Context, rules};

use crate::ask::{Routine, future};
use crate::co::{Drive, co};
use crate::compose::{First, Next, race};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request.
pub fn deadline(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        // The layers may go on after this generator has ended, so they get a driver of their own.
        let rest = next.detached(ctx);
        match yield_!(co, future(race(rest, timer))) {
            First::One(ended, _) => ended,
            First::Two(Ok(()), rest) => {
                origin.host().spawn(Box::pin(forget(rest)));
                (Box::new(rules::deadline::expired(&origin)), Ok(()))
            }
            // If the timer fails, there is no deadline.
            First::Two(Err(_), rest) => yield_!(co, future(rest)),
        }
    })
}

fn forget(rest: Drive) -> Drive<()> {
    co(go!(co => {
        drop(yield_!(co, future(rest)));
    }))
}
// ANCHOR_END: deadline
