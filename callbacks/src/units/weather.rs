use ::pipeline::{Context, units::weather as rule};

use super::queue::Asked;
use crate::compose::Bounce;
use crate::thunk::{Thunk, all};

/// Asks where a place is, and then for its forecast and its air quality at the same time.
pub fn weather(ctx: Box<Context>, asked: Asked) -> Bounce {
    let search = ctx.host().call(rule::search(&ctx));
    asked.wait(search, |searched, asked| match rule::place(&ctx, searched) {
        Err(verdict) => asked.call(None, verdict, ctx),
        Ok(place) => both(place, ctx, asked),
    })
}

// ANCHOR: join
fn both(place: rule::Place, ctx: Box<Context>, asked: Asked) -> Bounce {
    // Both are submitted here and not when the thunks are called, so that a panic of the host is
    // one of this unit.
    let forecast = ctx.host().call(rule::forecast(&place));
    let air = ctx.host().call(rule::air(&place));
    let both = [forecast, air].map(|call| Thunk::operation(|| call).settled());
    asked.hear(&all(both.into()), move |ended, asked| match ended.map(<[_; 2]>::try_from) {
        Ok(Ok([forecast, air])) => {
            asked.call(None, rule::verdict(&ctx, &place, forecast, air), ctx)
        }
        Ok(Err(_)) | Err(_) => unreachable!("there are two results, and no thunk fails"),
    })
}
// ANCHOR_END: join
