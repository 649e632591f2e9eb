use ::pipeline::{Context, rules};

use crate::ask::Routine;
use crate::compose::Next;

// ANCHOR: envelope
/// Parses on the way in, renders on the way out.
pub fn envelope(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        if let Err(error) = rules::envelope::open(&mut ctx) {
            return (ctx, Err(error));
        }
        let (mut ctx, outcome) = yield_!(co, next.run(ctx));
        let outcome = outcome.and_then(|()| rules::envelope::seal(&mut ctx));
        (ctx, outcome)
    })
}
// ANCHOR_END: envelope
