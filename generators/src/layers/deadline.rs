use std::sync::Arc;

use ::pipeline::{Context, rules};

use crate::ask::{Routine, future};
use crate::co::{Drive, co};
use crate::compose::{First, Next, race};

/// Races the rest against the clock; the loser is the timer, or goes on without the request.
pub fn deadline(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        // The rest may outlive this generator, so it gets a driver of its own.
        let rest = next.detached(ctx);
        match yield_!(co, future(race(rest, timer))) {
            First::One(ended, _) => ended,
            First::Two(Ok(()), rest) => {
                origin.host().spawn(Box::pin(forget(rest)));
                (Box::new(rules::deadline::expired(&origin)), Ok(()))
            }
            // A timer that fails is a deadline that never comes.
            First::Two(Err(_), rest) => yield_!(co, future(rest)),
        }
    })
}

fn forget(rest: Drive) -> Drive<()> {
    co(go!(co => {
        drop(yield_!(co, future(rest)));
    }))
}
