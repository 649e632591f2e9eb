//@ error: unused_must_use
use pipeline::Context;
use promises::{Next, Promise};

pub fn layer(ctx: Box<Context>, next: Next) -> Promise {
    let fresh = Box::new(Context::of(ctx.origin()));
    next.run(ctx); // wrong
    Promise::resolve(fresh) // wrong
    // right: drop(fresh);
    // right: next.run(ctx)
}
