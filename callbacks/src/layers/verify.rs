use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

/// Lets through what WeChat has signed.
pub fn verify(mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    match rules::verify::verify(&mut ctx) {
        Err(error) => done.call(Some(error), ctx),
        Ok(()) => next.run(ctx, done),
    }
}
