//@ error: none "cannot be sent between threads"
use std::rc::Rc;

use four_ways::async_await::{Layer, Next};
use pipeline::{Context, Outcome};

async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let count = Rc::new(1); // wrong
    // right: let count = std::sync::Arc::new(1);
    let outcome = next.run(ctx).await;
    drop(count);
    outcome
}

pub fn named() -> Layer {
    Layer::new("layer", layer)
}
