//@ error: E0277
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        yield_!(co, 1); // wrong
        yield_!(co, next.run(ctx))
    })
}
