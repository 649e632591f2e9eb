use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

// ANCHOR: recover
/// The error boundary: every error or panic further in becomes a response.
pub fn recover(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let done = done.after(|error, mut ctx, done| {
        if let Some(error) = error {
            rules::recover::recover(&mut ctx, &error);
        }
        done.call(None, ctx)
    });
    let done = done.contained(ctx.origin());
    next.run(ctx, done)
}
// ANCHOR_END: recover
