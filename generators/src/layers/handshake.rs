use ::pipeline::{Context, rules};

use crate::ask::Routine;
use crate::compose::Next;

// ANCHOR: handshake
/// Answers a handshake; the layers further in never run.
pub fn handshake(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        match rules::handshake::answer(&mut ctx) {
            Err(error) => (ctx, Err(error)),
            Ok(true) => (ctx, Ok(())),
            Ok(false) => yield_!(co, next.run(ctx)),
        }
    })
}
// ANCHOR_END: handshake
