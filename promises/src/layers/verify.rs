use ::pipeline::{Context, rules};
use futures::TryFutureExt;
use futures::future;

use crate::compose::{Next, Promise, PromiseExt, attempt};

/// Lets through what WeChat has signed.
pub fn verify(ctx: Box<Context>, next: Next) -> Promise {
    future::ready(attempt(ctx, rules::verify::verify)).and_then(|(ctx, ())| next.run(ctx)).promise()
}
