use std::sync::Arc;

use ::pipeline::{Context, Outcome, rules};
use futures::FutureExt;
use futures::future::{Either, select};

use crate::async_await::compose::Next;

/// Races the rest against the clock; the loser is the timer, or goes on without the request.
pub async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // The rest may outlive this function, so it cannot borrow the context: it takes it along.
    let rest = next.detached(ctx).boxed();
    let outcome;
    match select(rest, timer).await {
        Either::Left((ended, _)) => (*ctx, outcome) = ended,
        Either::Right((Ok(()), rest)) => {
            origin.host().spawn(rest.map(drop).boxed());
            (*ctx, outcome) = (rules::deadline::expired(&origin), Ok(()));
        }
        // A timer that fails is a deadline that never comes.
        Either::Right((Err(_), rest)) => (*ctx, outcome) = rest.await,
    }
    outcome
}
