use ::pipeline::{Context, Outcome, rules};

use crate::async_await::compose::Next;

// ANCHOR: log
/// Writes one line after the request has ended.
pub async fn log(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let started = ctx.host().elapsed();
    let outcome = next.run(ctx).await;
    rules::log::write(ctx, started, &outcome);
    outcome
}
// ANCHOR_END: log
