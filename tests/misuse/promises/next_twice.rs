//@ error: E0382
use pipeline::Context;
use promises::{Next, Promise};

pub fn layer(ctx: Box<Context>, next: Next) -> Promise {
    let again = Box::new(Context::of(ctx.origin()));
    let first = next.run(ctx);
    drop(next.run(again)); // wrong
    first
}
