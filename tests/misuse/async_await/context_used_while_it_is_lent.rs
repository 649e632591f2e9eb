//@ error: E0503
use four_ways::async_await::Next;
use pipeline::{Context, Outcome};

pub async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let rest = next.run(ctx);
    ctx.revision += 1; // wrong
    let outcome = rest.await;
    ctx.revision += 1;
    outcome
}
