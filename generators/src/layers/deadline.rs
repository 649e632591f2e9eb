use std::sync::Arc;

use ::pipeline::{Completer, Context, Expired, Origin, rules::deadline as rule};

use crate::ask::{Back, Routine, future, thunk};
use crate::co::{self, Drive};
use crate::compose::{First, Next, race};
use crate::services::{Tickets, push};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request, and what becomes of their
/// answer is decided by the account.
pub fn deadline(ctx: Box<Context>, next: Next, tickets: Arc<Tickets>) -> Routine {
    go!(co => {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rule::LIMIT);
        // The layers may go on after this generator has ended, so they get a driver of their own.
        let rest = next.detached(ctx);
        match yield_!(co, future(race(rest, timer))) {
            First::One(ended, _) => ended,
            First::Two(Ok(()), rest) => match rule::expired(&origin) {
                Expired::Held => yield_!(co, held(origin, rest)),
                Expired::Pushed => {
                    origin.host().spawn(Box::pin(co::co(pushed(rest, tickets))));
                    (Box::new(rule::success(&origin)), Ok(()))
                }
                Expired::Answered => {
                    origin.host().spawn(Box::pin(co::co(forgotten(rest))));
                    (Box::new(rule::success(&origin)), Ok(()))
                }
            },
            // If the timer fails, there is no deadline.
            First::Two(Err(_), rest) => yield_!(co, future(rest)),
        }
    })
}

/// Waits for the layers further in, which go on if the request is cancelled.
fn held(origin: Arc<Origin>, rest: Drive) -> Routine {
    go!(co => {
        let told = thunk(|tell: Completer<Back>| {
            let rest = go!(co => {
                // Nobody hears it after the request was cancelled.
                tell.complete(Ok(yield_!(co, future(rest))));
            });
            origin.host().spawn(Box::pin(co::co(rest)));
        });
        match yield_!(co, told) {
            Ok(back) => back,
            Err(failure) => (Box::new(Context::of(&origin)), Err(failure.into())),
        }
    })
}

/// Waits for the layers further in, and pushes their answer.
fn pushed(rest: Drive, tickets: Arc<Tickets>) -> Routine<()> {
    go!(co => {
        let (ctx, outcome) = yield_!(co, future(rest));
        yield_!(co, push(ctx, outcome, tickets));
    })
}

/// Waits for the layers further in, and drops their answer.
fn forgotten(rest: Drive) -> Routine<()> {
    go!(co => {
        drop(yield_!(co, future(rest)));
    })
}
// ANCHOR_END: deadline
