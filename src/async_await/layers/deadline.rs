use std::sync::Arc;

use ::pipeline::{Context, Error, Expired, Origin, Outcome, rules::deadline as rule};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{BoxFuture, Either, select};

use crate::async_await::compose::Next;
use crate::async_await::services::{Tickets, push};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request, and what becomes of their
/// answer is decided by the account.
pub async fn deadline(ctx: &mut Context, next: Next<'_>, tickets: Arc<Tickets>) -> Outcome {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rule::LIMIT);
    // The layers may go on after this function has ended, so they cannot borrow the context: they
    // take it along.
    let rest = next.detached(ctx).boxed();
    let (back, outcome) = match select(rest, timer).await {
        Either::Left((ended, _)) => ended,
        Either::Right((Ok(()), rest)) => match rule::expired(&origin) {
            Expired::Held => held(&origin, rest).await,
            Expired::Pushed => {
                origin.host().spawn(pushed(rest, tickets).boxed());
                (Box::new(rule::success(&origin)), Ok(()))
            }
            Expired::Answered => {
                origin.host().spawn(rest.map(drop).boxed());
                (Box::new(rule::success(&origin)), Ok(()))
            }
        },
        // If the timer fails, there is no deadline.
        Either::Right((Err(_), rest)) => rest.await,
    };
    *ctx = *back;
    outcome
}

type Rest = BoxFuture<'static, (Box<Context>, Outcome)>;

/// Waits for the layers further in, which go on if the request is cancelled.
async fn held(origin: &Arc<Origin>, rest: Rest) -> (Box<Context>, Outcome) {
    let (tell, told) = oneshot::channel();
    // Nobody hears it after the request was cancelled.
    origin.host().spawn(rest.map(|ended| drop(tell.send(ended))).boxed());
    told.await.unwrap_or_else(|_| (Box::new(Context::of(origin)), Err(Error::Panicked)))
}

/// Waits for the layers further in, and pushes their answer.
async fn pushed(rest: Rest, tickets: Arc<Tickets>) {
    let (ctx, outcome) = rest.await;
    push(&ctx, &outcome, &tickets).await;
}
// ANCHOR_END: deadline
