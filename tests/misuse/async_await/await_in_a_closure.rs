//@ error: E0728
use four_ways::async_await::Next;
use pipeline::{Context, Outcome};

pub async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let rest = |ctx| next.run(ctx).await; // wrong
    // right: let rest = async |ctx| next.run(ctx).await;
    rest(ctx) // wrong
    // right: rest(ctx).await
}
