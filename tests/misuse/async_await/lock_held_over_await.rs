//@ error: none "cannot be sent between threads"
use std::sync::Mutex;

use four_ways::async_await::{Layer, Next};
use pipeline::{Context, Outcome};

static COUNT: Mutex<u32> = Mutex::new(0);

async fn layer(ctx: &mut Context, next: Next<'_>) -> Outcome {
    let mut count = COUNT.lock().expect("not poisoned"); // wrong
    *count += 1; // wrong
    // right: *COUNT.lock().expect("not poisoned") += 1;
    next.run(ctx).await
}

pub fn named() -> Layer {
    Layer::new("layer", layer)
}
