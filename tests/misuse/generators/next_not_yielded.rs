//@ error: unused_must_use
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let fresh = Box::new(Context::of(ctx.origin()));
        yield_!(co, ctx.host().sleep(std::time::Duration::ZERO)).ok();
        next.run(ctx); // wrong
        (fresh, Ok(())) // wrong
        // right: drop(fresh);
        // right: yield_!(co, next.run(ctx))
    })
}
