use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

// ANCHOR: envelope
/// Parses on the way in, renders on the way out.
pub fn envelope(mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    if let Err(error) = rules::envelope::open(&mut ctx) {
        return done.call(Some(error), ctx);
    }
    let done = done.after(|error, mut ctx, done| match error {
        Some(error) => done.call(Some(error), ctx),
        None => {
            let sealed = rules::envelope::seal(&mut ctx);
            done.call(sealed.err(), ctx)
        }
    });
    next.run(ctx, done)
}
// ANCHOR_END: envelope
