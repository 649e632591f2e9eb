//@ error: unused_must_use
use four_ways::async_await::Next;
use pipeline::{Context, Outcome};

pub async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    next.run(ctx).await; // wrong
    // right: next.run(ctx).await?;
    Ok(())
}
