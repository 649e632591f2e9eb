use ::pipeline::{Context, rules};
use futures::FutureExt;

use crate::compose::{Next, Promise, PromiseExt, Rejection};

// ANCHOR: log
/// Writes one line after the request has ended.
pub fn log(ctx: Box<Context>, next: Next) -> Promise {
    let started = ctx.host().elapsed();
    next.run(ctx)
        .inspect(move |ended| match ended {
            Ok(ctx) => rules::log::write(ctx, started, &Ok(())),
            Err(Rejection { error, ctx }) => rules::log::write(ctx, started, &Err(error.clone())),
        })
        .promise()
}
// ANCHOR_END: log
