use ::pipeline::{Context, rules};
use futures::TryFutureExt;
use futures::future;

use crate::compose::{Next, Promise, PromiseExt, attempt};

/// Answers a handshake; the layers further in never run.
pub fn handshake(ctx: Box<Context>, next: Next) -> Promise {
    future::ready(attempt(ctx, rules::handshake::answer))
        .and_then(|(ctx, answered)| if answered { Promise::resolve(ctx) } else { next.run(ctx) })
        .promise()
}
