//@ error: E0382
use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    ctx.revision += 1;
    let rest = next.run(ctx, done);
    ctx.revision += 1; // wrong
    rest
}
