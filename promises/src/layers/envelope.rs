use ::pipeline::{Context, rules};

use crate::compose::{Next, Promise, follow};

// ANCHOR: envelope
/// Parses on the way in, renders on the way out.
pub fn envelope(ctx: Box<Context>, next: Next) -> Promise {
    follow(ctx, rules::envelope::open)
        .and_then(|ctx| next.run(ctx))
        .and_then(|ctx| follow(ctx, rules::envelope::seal))
}
// ANCHOR_END: envelope
