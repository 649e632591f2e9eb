use ::pipeline::{Context, Verdict, units::weather as rule};
use futures::FutureExt;
use futures::future::join;

use crate::compose::{Promise, PromiseExt};

/// Asks where a place is, and then for its forecast and its air quality at the same time.
pub fn weather(ctx: Box<Context>) -> Promise<(Box<Context>, Verdict)> {
    let search = ctx.host().call(rule::search(&ctx));
    Promise::operation(search, |searched| match rule::place(&ctx, searched) {
        Err(verdict) => Promise::resolve((ctx, verdict)),
        Ok(place) => both(place, ctx),
    })
}

// ANCHOR: join
fn both(place: rule::Place, ctx: Box<Context>) -> Promise<(Box<Context>, Verdict)> {
    let forecast = ctx.host().call(rule::forecast(&place));
    let air = ctx.host().call(rule::air(&place));
    join(forecast, air)
        .map(move |(forecast, air)| {
            let verdict = rule::verdict(&ctx, &place, forecast, air);
            Ok((ctx, verdict))
        })
        .promise()
}
// ANCHOR_END: join
