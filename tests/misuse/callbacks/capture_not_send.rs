//@ error: E0277
use std::rc::Rc;

use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let count = Rc::new(1); // wrong
    // right: let count = std::sync::Arc::new(1);
    let done = done.after(move |error, mut ctx, done| {
        ctx.revision += *count;
        done.call(error, ctx)
    });
    next.run(ctx, done)
}
