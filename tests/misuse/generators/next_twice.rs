//@ error: E0382
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let (ctx, outcome) = yield_!(co, next.run(ctx));
        let (ctx, outcome) = yield_!(co, next.run(ctx)); // wrong
        (ctx, outcome)
    })
}
