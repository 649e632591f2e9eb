use ::pipeline::{Context, rules};

use crate::compose::{Next, Promise, follow};

/// Finds the account that the request is for.
pub fn account(ctx: Box<Context>, next: Next) -> Promise {
    let lookup = ctx.host().account(&ctx.request().account);
    Promise::operation(lookup, |found| follow(ctx, |ctx| rules::account::found(ctx, found?)))
        .and_then(|ctx| next.run(ctx))
}
