use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

/// Finds the account that the request is for.
pub async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let found = ctx.host().account(&ctx.request().account).await?;
    rules::account::found(ctx, found)?;
    next.run(ctx).await
}
