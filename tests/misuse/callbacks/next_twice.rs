//@ error: E0382
use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let again = Box::new(Context::of(ctx.origin()));
    let first = next.run(ctx, done);
    drop(next.run(again, Done::last(|_, _| ()))); // wrong
    drop(again);
    first
}
