use ::pipeline::{Context, rules};

use crate::compose::{Next, Promise, follow};

/// Lets through what WeChat has signed.
pub fn verify(ctx: Box<Context>, next: Next) -> Promise {
    follow(ctx, rules::verify::verify).and_then(|ctx| next.run(ctx))
}
