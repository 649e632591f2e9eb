use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

/// Lets through what WeChat has signed.
pub async fn verify(ctx: &mut Context, next: Next<'_>) -> Outcome {
    rules::verify::verify(ctx)?;
    next.run(ctx).await
}
