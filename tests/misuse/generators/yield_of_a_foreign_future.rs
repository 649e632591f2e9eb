//@ error: E0277
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        yield_!(co, std::future::ready(1)); // wrong
        // right: yield_!(co, generators::ask::future(std::future::ready(1)));
        yield_!(co, next.run(ctx))
    })
}
