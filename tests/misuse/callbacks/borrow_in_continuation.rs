//@ error: E0373
use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let before = ctx.revision;
    let done = done.after(|error, mut ctx, done| { // wrong
    // right: let done = done.after(move |error, mut ctx, done| {
        ctx.revision = before;
        done.call(error, ctx)
    });
    next.run(ctx, done)
}
