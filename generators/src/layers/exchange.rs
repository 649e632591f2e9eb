use ::pipeline::{Context, Error, rules};

use crate::ask::Routine;
use crate::compose::Next;

// ANCHOR: exchange
/// Runs the units once per message: begin, then commit or abort.
pub fn exchange(mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let asked = match rules::exchange::exchange(&ctx) {
            Err(error) => return (ctx, Err(error)),
            Ok(asked) => asked,
        };
        let begun = yield_!(co, ctx.host().begin(asked)).map_err(Error::from);
        let lease = match begun.and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
            Err(error) => return (ctx, Err(error)),
            Ok(None) => return (ctx, Ok(())), // a repeat: the stored answer
            Ok(Some(lease)) => lease,
        };
        let (ctx, mut outcome) = yield_!(co, next.contained(ctx));
        if outcome.is_ok() {
            outcome = match rules::exchange::record(&ctx) {
                Err(error) => Err(error),
                Ok(record) => {
                    yield_!(co, ctx.host().commit(lease.id(), record)).map_err(Error::from)
                }
            };
        }
        let ended = match &outcome {
            Ok(()) => Ok(()),
            Err(_) => yield_!(co, ctx.host().abort(lease.id())),
        };
        if ended.is_ok() {
            lease.settle();
        }
        (ctx, outcome)
    })
}
// ANCHOR_END: exchange
