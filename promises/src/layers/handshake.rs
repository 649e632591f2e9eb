use ::pipeline::{Context, rules};

use crate::compose::{Next, Promise, attempt};

// ANCHOR: handshake
/// Answers a handshake; the layers further in never run.
pub fn handshake(ctx: Box<Context>, next: Next) -> Promise {
    attempt(ctx, rules::handshake::answer)
        .and_then(|(ctx, answered)| if answered { Promise::resolve(ctx) } else { next.run(ctx) })
}
// ANCHOR_END: handshake
