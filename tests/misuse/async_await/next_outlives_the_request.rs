//@ error: E0521
use four_ways::async_await::Next;
use pipeline::{Context, Outcome};

pub async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let origin = ctx.origin().clone();
    let rest = next.run(ctx); // wrong
    // right: let rest = next.detached(ctx);
    origin.host().spawn(Box::pin(async move { drop(rest.await) }));
    Ok(())
}
