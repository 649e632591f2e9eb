use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

// ANCHOR: envelope
/// Parses on the way in, renders on the way out.
pub async fn envelope(ctx: &mut Context, next: Next<'_>) -> Outcome {
    rules::envelope::open(ctx)?;
    next.run(ctx).await?;
    rules::envelope::seal(ctx)
}
// ANCHOR_END: envelope
