use ::pipeline::{Context, Error, rules};

use crate::ask::Routine;
use crate::compose::Next;

/// Finds the account that the request is for.
pub fn account(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let found = yield_!(co, ctx.host().account(&ctx.request().account));
        let found = found.map_err(Error::from);
        match found.and_then(|found| rules::account::found(&mut ctx, found)) {
            Err(error) => (ctx, Err(error)),
            Ok(()) => yield_!(co, next.run(ctx)),
        }
    })
}
