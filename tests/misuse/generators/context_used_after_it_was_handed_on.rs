//@ error: E0382
use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        ctx.revision += 1;
        let (back, outcome) = yield_!(co, next.run(ctx));
        ctx.revision += 1; // wrong
        (back, outcome)
    })
}
