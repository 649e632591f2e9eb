//@ error: E0382
use pipeline::Context;
use promises::{Next, Promise};

pub fn layer(mut ctx: Box<Context>, next: Next) -> Promise {
    ctx.revision += 1;
    let rest = next.run(ctx);
    ctx.revision += 1; // wrong
    rest
}
