use ::pipeline::{Context, rules};
use futures::{FutureExt, TryFutureExt};

use crate::compose::{Next, Promise, PromiseExt, attempt};

/// Finds the account that the request is for.
pub fn account(ctx: Box<Context>, next: Next) -> Promise {
    let lookup = ctx.host().account(&ctx.request().account);
    lookup
        .map(|found| attempt(ctx, |ctx| rules::account::found(ctx, found?)))
        .and_then(|(ctx, ())| next.run(ctx))
        .promise()
}
