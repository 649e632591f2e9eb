use std::sync::Arc;

use ::pipeline::{Context, rules};
use futures::FutureExt;
use futures::future::{Either, select};

use crate::compose::{Next, Promise, PromiseExt};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request.
pub fn deadline(ctx: Box<Context>, next: Next) -> Promise {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // The chain owns its context, so the layers can go on after the request has ended.
    let rest = next.contained(ctx).promise();
    select(rest, timer)
        .then(move |first| match first {
            Either::Left((ended, _)) => Promise::settled(ended),
            Either::Right((Ok(()), rest)) => {
                origin.host().spawn(rest.map(drop).boxed());
                Promise::resolve(Box::new(rules::deadline::expired(&origin)))
            }
            // If the timer fails, there is no deadline.
            Either::Right((Err(_), rest)) => rest,
        })
        .promise()
}
// ANCHOR_END: deadline
