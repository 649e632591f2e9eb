use ::pipeline::{Context, rules};

use crate::ask::Routine;
use crate::compose::Next;

/// Lets through what WeChat has signed.
pub fn verify(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        match rules::verify::verify(&mut ctx) {
            Err(error) => (ctx, Err(error)),
            Ok(()) => yield_!(co, next.run(ctx)),
        }
    })
}
