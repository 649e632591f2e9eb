use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

// ANCHOR: log
/// Writes one line after the request has ended.
pub fn log(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let started = ctx.host().elapsed();
    let done = done.after(move |error, ctx, done| {
        let outcome = error.map_or(Ok(()), Err);
        rules::log::write(&ctx, started, &outcome);
        done.call(outcome.err(), ctx)
    });
    next.run(ctx, done)
}
// ANCHOR_END: log
