use ::pipeline::{Context, rules};
use futures::TryFutureExt;
use futures::future;

use crate::compose::{Next, Promise, PromiseExt, attempt};

// ANCHOR: envelope
/// Parses on the way in, renders on the way out.
pub fn envelope(ctx: Box<Context>, next: Next) -> Promise {
    future::ready(attempt(ctx, rules::envelope::open))
        .and_then(|(ctx, ())| next.run(ctx))
        .and_then(|ctx| future::ready(attempt(ctx, rules::envelope::seal)))
        .map_ok(|(ctx, ())| ctx)
        .promise()
}
// ANCHOR_END: envelope
