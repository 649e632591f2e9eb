//@ error: E0382
use four_ways::async_await::Next;
use pipeline::{Context, Outcome};

pub async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    next.run(ctx).await?;
    next.run(ctx).await?; // wrong
    Ok(())
}
