//@ error: unused_must_use
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        yield_!(co, ctx.host().sleep(std::time::Duration::ZERO)); // wrong
        yield_!(co, next.run(ctx))
    })
}
