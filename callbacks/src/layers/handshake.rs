use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

// ANCHOR: handshake
/// Answers a handshake; the layers further in never run.
pub fn handshake(mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    match rules::handshake::answer(&mut ctx) {
        Err(error) => done.call(Some(error), ctx),
        Ok(true) => done.call(None, ctx),
        Ok(false) => next.run(ctx, done),
    }
}
// ANCHOR_END: handshake
