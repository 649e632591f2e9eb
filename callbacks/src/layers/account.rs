use ::pipeline::{Context, rules};

use crate::compose::{Bounce, Done, Next};

/// Finds the account that the request is for.
pub fn account(mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let lookup = ctx.host().account(&ctx.request().account);
    done.wait(lookup, |found, done| match found {
        Err(failure) => done.call(Some(failure.into()), ctx),
        Ok(found) => match rules::account::found(&mut ctx, found) {
            Err(error) => done.call(Some(error), ctx),
            Ok(()) => next.run(ctx, done),
        },
    })
}
