use ::pipeline::{Context, units::weather as rule};

use super::queue::Asked;
use crate::ask::Routine;

/// Asks where a place is, and then for its forecast and its air quality at the same time.
pub fn weather(ctx: Box<Context>) -> Routine<Asked> {
    go!(co => {
        let searched = yield_!(co, ctx.host().call(rule::search(&ctx)));
        let place = match rule::place(&ctx, searched) {
            Ok(place) => place,
            Err(verdict) => return (ctx, Ok(verdict)),
        };
        // ANCHOR: join
        let forecast = ctx.host().call(rule::forecast(&place));
        let air = ctx.host().call(rule::air(&place));
        let (forecast, air) = yield_!(co, (forecast, air));
        // ANCHOR_END: join
        let verdict = rule::verdict(&ctx, &place, forecast, air);
        (ctx, Ok(verdict))
    })
}
