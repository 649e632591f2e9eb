use std::sync::Arc;

use ::pipeline::{Context, Outcome, rules};
use futures::FutureExt;
use futures::future::{Either, select};

use crate::async_await::compose::Next;

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request.
pub async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // The layers may go on after this function has ended, so they cannot borrow the context: they
    // take it along.
    let rest = next.detached(ctx).boxed();
    let outcome;
    match select(rest, timer).await {
        Either::Left((ended, _)) => (*ctx, outcome) = ended,
        Either::Right((Ok(()), rest)) => {
            origin.host().spawn(rest.map(drop).boxed());
            (*ctx, outcome) = (rules::deadline::expired(&origin), Ok(()));
        }
        // If the timer fails, there is no deadline.
        Either::Right((Err(_), rest)) => (*ctx, outcome) = rest.await,
    }
    outcome
}
// ANCHOR_END: deadline
