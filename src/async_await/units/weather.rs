use ::pipeline::{Context, Error, Verdict, units::weather as rule};
use futures::future::join;

/// Asks where a place is, and then for its forecast and its air quality at the same time.
pub async fn weather(ctx: &mut Context) -> Result<Verdict, Error> {
    let host = ctx.host();
    let place = match rule::place(ctx, host.call(rule::search(ctx)).await) {
        Ok(place) => place,
        Err(verdict) => return Ok(verdict),
    };
    // ANCHOR: join
    let forecast = host.call(rule::forecast(&place));
    let air = host.call(rule::air(&place));
    let (forecast, air) = join(forecast, air).await;
    // ANCHOR_END: join
    Ok(rule::verdict(ctx, &place, forecast, air))
}
