use std::sync::Arc;

use ::pipeline::{Context, rules};
use futures::FutureExt;
use futures::future::{Either, select};

use crate::compose::{Next, Promise, PromiseExt};

/// Races the rest against the clock; the loser is the timer, or goes on without the request.
pub fn deadline(ctx: Box<Context>, next: Next) -> Promise {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // The chain owns its context, so the rest may outlive the request as it is.
    let rest = next.contained(ctx).promise();
    select(rest, timer)
        .then(move |first| match first {
            Either::Left((ended, _)) => Promise::settled(ended),
            Either::Right((Ok(()), rest)) => {
                origin.host().spawn(rest.map(drop).boxed());
                Promise::resolve(Box::new(rules::deadline::expired(&origin)))
            }
            // A timer that fails is a deadline that never comes.
            Either::Right((Err(_), rest)) => rest,
        })
        .promise()
}
