use ::pipeline::{Context, rules};

use crate::ask::Routine;
use crate::compose::Next;

// ANCHOR: recover
/// The error boundary: every error or panic further in becomes a response.
pub fn recover(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let (mut ctx, outcome) = yield_!(co, next.contained(ctx));
        if let Err(error) = outcome {
            rules::recover::recover(&mut ctx, &error);
        }
        (ctx, Ok(()))
    })
}
// ANCHOR_END: recover
