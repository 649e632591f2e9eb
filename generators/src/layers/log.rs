use ::pipeline::{Context, rules};

use crate::ask::Routine;
use crate::compose::Next;

// ANCHOR: log
/// Writes one line after the request has ended.
pub fn log(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let started = ctx.host().elapsed();
        let (ctx, outcome) = yield_!(co, next.run(ctx));
        rules::log::write(&ctx, started, &outcome);
        (ctx, outcome)
    })
}
// ANCHOR_END: log
