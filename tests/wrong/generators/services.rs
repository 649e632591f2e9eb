//! Wrong units of generators.

use std::sync::Arc;

use futures::FutureExt;
use generators::ask::future;
use generators::compose::{First, race};
use generators::services::{Tickets, api};
use generators::units::Unit;
use generators::{Routine, go, yield_};
use kit::Style;
use pipeline::api::Caller;
use pipeline::units::articles::{Pages, Search};
use pipeline::units::{articles, ask, weather};
use pipeline::{Context, Error, Verdict};

use super::right::but_unit;

type Asked = (Box<Context>, Result<Verdict, Error>);

pub fn yielded_in_turn() -> Style {
    fn weather(ctx: Box<Context>) -> Routine<Asked> {
        go!(co => {
            let searched = yield_!(co, ctx.host().call(weather::search(&ctx)));
            let place = match weather::place(&ctx, searched) {
                Ok(place) => place,
                Err(verdict) => return (ctx, Ok(verdict)),
            };
            // Two `yield`s are one after the other; only what one `yield` gets runs at once.
            let forecast = yield_!(co, ctx.host().call(weather::forecast(&place)));
            let air = yield_!(co, ctx.host().call(weather::air(&place)));
            let verdict = weather::verdict(&ctx, &place, forecast, air);
            (ctx, Ok(verdict))
        })
    }
    but_unit(weather::NAME, || Unit::waits(weather::NAME, weather::wants, weather))
}

pub fn loser_that_runs_on() -> Style {
    fn ask(ctx: Box<Context>) -> Routine<Asked> {
        go!(co => {
            let first = ctx.host().call(ask::first(&ctx));
            let timer = ctx.host().sleep(ask::HEAD_START);
            let words = match yield_!(co, future(race(first, timer))) {
                First::One(answered, timer) => {
                    drop(timer);
                    match ask::words(answered) {
                        Some(words) => Some(words),
                        None => ask::words(yield_!(co, ctx.host().call(ask::second(&ctx)))),
                    }
                }
                First::Two(_, first) => {
                    let second = ctx.host().call(ask::second(&ctx));
                    let (First::One(answered, other) | First::Two(answered, other)) =
                        yield_!(co, future(race(first, second)));
                    match ask::words(answered) {
                        Some(words) => {
                            // As in JavaScript, where nothing ends the loser of a race.
                            ctx.host().spawn(other.map(drop).boxed());
                            Some(words)
                        }
                        None => ask::words(yield_!(co, other)),
                    }
                }
            };
            let verdict = ask::verdict(&ctx, words);
            (ctx, Ok(verdict))
        })
    }
    but_unit(ask::NAME, || Unit::waits(ask::NAME, ask::wants, ask))
}

pub fn head_start_without_an_end() -> Style {
    fn ask(ctx: Box<Context>) -> Routine<Asked> {
        go!(co => {
            // The generator stands still until the first has answered: no timer can resume it.
            let words = match ask::words(yield_!(co, ctx.host().call(ask::first(&ctx)))) {
                Some(words) => Some(words),
                None => ask::words(yield_!(co, ctx.host().call(ask::second(&ctx)))),
            };
            let verdict = ask::verdict(&ctx, words);
            (ctx, Ok(verdict))
        })
    }
    but_unit(ask::NAME, || Unit::waits(ask::NAME, ask::wants, ask))
}

pub fn pages_before_they_are_wanted() -> Style {
    fn articles(ctx: Box<Context>, tickets: Arc<Tickets>) -> Routine<Asked> {
        go!(co => {
            let (caller, search) = (Caller::of(&ctx), Search::new(&ctx));
            let (mut pages, mut read) = (Pages::default(), Vec::new());
            // Everything is collected, and then looked at.
            while let Some(page) = pages.next() {
                let answered = yield_!(co, api(caller.clone(), Arc::clone(&tickets), page));
                let page = pages.take(answered);
                let failed = page.is_err();
                read.push(page);
                if failed {
                    break;
                }
            }
            let (mut found, mut failed) = (Vec::new(), false);
            for page in read {
                match page {
                    Ok(page) if search.add(&mut found, &page) => break,
                    Ok(_) => {}
                    Err(_) => failed = true,
                }
            }
            let verdict = articles::verdict(&ctx, found, failed);
            (ctx, Ok(verdict))
        })
    }
    but_unit(articles::NAME, || {
        let tickets = Arc::new(Tickets::default());
        Unit::waits(articles::NAME, articles::wants, move |ctx| articles(ctx, Arc::clone(&tickets)))
    })
}
