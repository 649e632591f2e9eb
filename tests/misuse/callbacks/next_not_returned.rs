//@ error: unused_must_use
use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    next.run(ctx, done); // wrong
    Bounce::Rest // wrong
    // right: next.run(ctx, done)
}
