use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

// ANCHOR: handshake
/// Answers a handshake; the layers further in never run.
pub async fn handshake(ctx: &mut Context, next: Next<'_>) -> Outcome {
    if rules::handshake::answer(ctx)? { Ok(()) } else { next.run(ctx).await }
}
// ANCHOR_END: handshake
