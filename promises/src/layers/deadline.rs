use std::sync::Arc;

use ::pipeline::{Context, Error, Expired, Origin, rules::deadline as rule};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, select};

use crate::compose::{Next, Promise, PromiseExt, Rejection};
use crate::services::{Tickets, push};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request, and what becomes of their
/// answer is decided by the account.
pub fn deadline(ctx: Box<Context>, next: Next, tickets: Arc<Tickets>) -> Promise {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rule::LIMIT);
    // The chain owns its context, so the layers can go on after the request has ended.
    let rest = next.contained(ctx).promise();
    select(rest, timer)
        .then(move |first| match first {
            Either::Left((ended, _)) => Promise::settled(ended),
            Either::Right((Ok(()), rest)) => match rule::expired(&origin) {
                Expired::Held => held(origin, rest),
                Expired::Pushed => {
                    origin.host().spawn(rest.then(|ended| push(ended, tickets)).boxed());
                    Promise::resolve(Box::new(rule::success(&origin)))
                }
                Expired::Answered => {
                    origin.host().spawn(rest.map(drop).boxed());
                    Promise::resolve(Box::new(rule::success(&origin)))
                }
            },
            // If the timer fails, there is no deadline.
            Either::Right((Err(_), rest)) => rest,
        })
        .promise()
}

/// Waits for the layers further in, which go on if the request is cancelled.
fn held(origin: Arc<Origin>, rest: Promise) -> Promise {
    let (tell, told) = oneshot::channel();
    // Nobody hears it after the request was cancelled.
    origin.host().spawn(rest.map(|ended| drop(tell.send(ended))).boxed());
    told.map(move |ended| {
        ended.unwrap_or_else(|_| {
            Err(Rejection { error: Error::Panicked, ctx: Box::new(Context::of(&origin)) })
        })
    })
    .promise()
}
// ANCHOR_END: deadline
