//! The units that wait in the styles. Here each call of a service is ready when it is looked at.

use pipeline::api::Caller;
use pipeline::units::articles::{Pages, Search};
use pipeline::units::{
    articles as articles_rule, ask as ask_rule, later as later_rule, profile as profile_rule,
    weather as weather_rule,
};
use pipeline::{Call, Called, Context, Created, Error, Failure, Operation, Verdict};

use super::ready::ready;
use super::services::api;

/// Finds the user's record, or creates it from what WeChat knows.
pub(super) fn profile(ctx: &mut Context) -> Result<Verdict, Error> {
    let user = profile_rule::user(ctx);
    let mut found = ready(Operation::Find, ctx.host().find(user.clone()));
    if let Ok(None) = found {
        let answered = api(&Caller::of(ctx), profile_rule::info(&user));
        if let Some(profile) = profile_rule::profile(&user, answered) {
            found = match ready(Operation::Create, ctx.host().create(profile.clone())) {
                Ok(Created::New) => Ok(Some(profile)),
                Ok(Created::Conflict) => ready(Operation::Find, ctx.host().find(user)),
                Err(failure) => Err(failure),
            };
        }
    }
    Ok(profile_rule::take(ctx, found))
}

/// Its wait is longer than the deadline, so here it never ends.
pub(super) fn later(ctx: &mut Context) -> Result<Verdict, Error> {
    ready(Operation::Sleep, ctx.host().sleep(later_rule::PAUSE))?;
    Ok(later_rule::verdict())
}

/// Asks where a place is, and then for its forecast and its air quality, one after the other.
pub(super) fn weather(ctx: &mut Context) -> Result<Verdict, Error> {
    let place = match weather_rule::place(ctx, call(ctx, weather_rule::search(ctx))) {
        Ok(place) => place,
        Err(verdict) => return Ok(verdict),
    };
    let forecast = call(ctx, weather_rule::forecast(&place));
    let air = call(ctx, weather_rule::air(&place));
    Ok(weather_rule::verdict(ctx, &place, forecast, air))
}

/// Asks a provider, and a second one if the first has no good answer, or is not ready when the head
/// start is over.
pub(super) fn ask(ctx: &mut Context) -> Result<Verdict, Error> {
    let first = ctx.host().call(ask_rule::first(ctx));
    let timer = ctx.host().sleep(ask_rule::HEAD_START);
    let words = match first.try_take() {
        Ok(answered) => {
            ask_rule::words(answered).or_else(|| ask_rule::words(call(ctx, ask_rule::second(ctx))))
        }
        Err(first) => {
            ready(Operation::Sleep, timer)?;
            let second = call(ctx, ask_rule::second(ctx));
            drop(first); // the loser is cancelled
            ask_rule::words(second)
        }
    };
    Ok(ask_rule::verdict(ctx, words))
}

/// Looks through the articles, a page at a time, until there are enough.
pub(super) fn articles(ctx: &mut Context) -> Result<Verdict, Error> {
    let (caller, search) = (Caller::of(ctx), Search::new(ctx));
    let (mut pages, mut found) = (Pages::default(), Vec::new());
    while let Some(page) = pages.next() {
        match pages.take(api(&caller, page)) {
            Ok(page) if search.add(&mut found, &page) => break,
            Ok(_) => {}
            Err(_) => return Ok(articles_rule::verdict(ctx, found, true)),
        }
    }
    Ok(articles_rule::verdict(ctx, found, false))
}

fn call(ctx: &Context, call: Call) -> Result<Called, Failure> {
    ready(Operation::Call, ctx.host().call(call))
}
