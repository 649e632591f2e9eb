use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

// ANCHOR: recover
/// The error boundary: every error or panic further in becomes a response.
pub async fn recover(ctx: &mut Context, next: Next<'_>) -> Outcome {
    if let Err(error) = next.contained(ctx).await {
        rules::recover::recover(ctx, &error);
    }
    Ok(())
}
// ANCHOR_END: recover
