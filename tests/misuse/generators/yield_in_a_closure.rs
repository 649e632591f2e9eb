//@ error: E0728
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let rest = |ctx| yield_!(co, next.run(ctx)); // wrong
        rest(ctx) // wrong
        // right: yield_!(co, next.run(ctx))
    })
}
