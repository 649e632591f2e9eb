use ::pipeline::{Context, rules};
use futures::TryFutureExt;
use futures::future;

use crate::compose::{Next, Promise, PromiseExt, Rejection};

// ANCHOR: recover
/// The error boundary: every error or panic further in becomes a response.
pub fn recover(ctx: Box<Context>, next: Next) -> Promise {
    next.contained(ctx)
        .or_else(|Rejection { error, mut ctx }| {
            rules::recover::recover(&mut ctx, &error);
            future::ok(ctx)
        })
        .promise()
}
// ANCHOR_END: recover
