//! Wrong units and services of promises.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures::future::{self, BoxFuture, Either, FutureExt, Shared, TryFutureExt, select};
use futures::stream::{self, StreamExt};
use kit::Style;
use pipeline::api::attempts::PAUSES;
use pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use pipeline::units::articles::{Pages, Search};
use pipeline::units::{articles, ask, weather};
use pipeline::{Call, Context, Host, Ticket, Verdict};
use promises::compose::{Promise, PromiseExt};
use promises::services::{self, Tickets, ticket};
use promises::units::Unit;

use super::right::but_unit;

type Asked = Promise<(Box<Context>, Verdict)>;

pub fn joined_by_then() -> Style {
    fn weather(ctx: Box<Context>) -> Asked {
        let search = ctx.host().call(weather::search(&ctx));
        Promise::operation(search, |searched| match weather::place(&ctx, searched) {
            Err(verdict) => Promise::resolve((ctx, verdict)),
            Ok(place) => ctx
                .host()
                .call(weather::forecast(&place))
                // One `then` behind the other is a sequence.
                .then(|forecast| {
                    let air = ctx.host().call(weather::air(&place));
                    air.map(move |air| {
                        let verdict = weather::verdict(&ctx, &place, forecast, air);
                        Ok((ctx, verdict))
                    })
                })
                .promise(),
        })
    }
    but_unit(weather::NAME, || Unit::waits(weather::NAME, weather::wants, weather))
}

pub fn race_where_any_was_meant() -> Style {
    fn ask(ctx: Box<Context>) -> Asked {
        let first = ctx.host().call(ask::first(&ctx));
        let timer = ctx.host().sleep(ask::HEAD_START);
        select(first, timer)
            .then(|ended| match ended {
                // `Promise.race` is settled by the first to end, also by a bad answer.
                Either::Left((answered, _)) => {
                    let verdict = ask::verdict(&ctx, ask::words(answered));
                    Promise::resolve((ctx, verdict))
                }
                Either::Right((_, first)) => {
                    let second = ctx.host().call(ask::second(&ctx));
                    select(first, second)
                        .map(|ended| {
                            let answered = ended.factor_first().0;
                            let verdict = ask::verdict(&ctx, ask::words(answered));
                            Ok((ctx, verdict))
                        })
                        .promise()
                }
            })
            .promise()
    }
    but_unit(ask::NAME, || Unit::waits(ask::NAME, ask::wants, ask))
}

/// The articles, with calls of the API that are made in this way.
fn articles_that_call(
    api: impl Fn(Caller, Call) -> BoxFuture<'static, Result<Vec<u8>, Trouble>>
    + Clone
    + Send
    + Sync
    + 'static,
) -> Unit {
    Unit::waits(articles::NAME, articles::wants, move |ctx| {
        let (caller, search) = (Caller::of(&ctx), Search::new(&ctx));
        read(caller, api.clone(), Pages::default(), search, Vec::new())
            .map(|(found, failed)| {
                let verdict = articles::verdict(&ctx, found, failed);
                Ok((ctx, verdict))
            })
            .promise()
    })
}

fn read(
    caller: Caller,
    api: impl Fn(Caller, Call) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> + Send + 'static,
    mut pages: Pages,
    search: Search,
    mut found: Vec<articles::Article>,
) -> BoxFuture<'static, (Vec<articles::Article>, bool)> {
    let Some(page) = pages.next() else { return future::ready((found, false)).boxed() };
    api(caller.clone(), page)
        .then(move |answered| match pages.take(answered) {
            Err(_) => future::ready((found, true)).boxed(),
            Ok(page) if search.add(&mut found, &page) => future::ready((found, false)).boxed(),
            Ok(_) => read(caller, api, pages, search, found),
        })
        .boxed()
}

pub fn buffered_pages() -> Style {
    but_unit(articles::NAME, || {
        let tickets = Arc::new(Tickets::default());
        Unit::waits(articles::NAME, articles::wants, move |ctx| {
            let (caller, search, tickets) =
                (Caller::of(&ctx), Search::new(&ctx), Arc::clone(&tickets));
            let page = |offset: usize| {
                let pages = Pages::default();
                let call = pages.next();
                call.map(|call| Call {
                    json: call.json.map(|json| json.replace(":0", &format!(":{offset}"))),
                    ..call
                })
            };
            let offsets = [0, articles::PAGE, 2 * articles::PAGE];
            stream::iter(offsets.into_iter().filter_map(page))
                .map(move |page| services::api(caller.clone(), Arc::clone(&tickets), page))
                // Two pages are asked for at a time, wanted or not.
                .buffered(2)
                .collect::<Vec<_>>()
                .map(move |answers| {
                    let (mut found, mut failed) = (Vec::new(), false);
                    for answered in answers {
                        match Pages::default().take(answered) {
                            Ok(page) => drop(search.add(&mut found, &page)),
                            Err(_) => failed = true,
                        }
                    }
                    let verdict = articles::verdict(&ctx, found, failed);
                    Ok((ctx, verdict))
                })
                .promise()
        })
    })
}

pub fn retry_without_end() -> Style {
    but_unit(articles::NAME, || {
        let tickets = Arc::new(Tickets::default());
        articles_that_call(move |caller, call| again(caller, Arc::clone(&tickets), call, (0, None)))
    })
}

fn again(
    caller: Caller,
    tickets: Arc<Tickets>,
    call: Call,
    (paused, failed): (usize, Option<Ticket>),
) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
    ticket(&caller, &tickets, failed.as_ref())
        .and_then(move |ticket| {
            let mut attempts = Attempts::new(call.clone());
            let called = caller.host().call(attempts.call(Some(&ticket)));
            called.then(move |called| match attempts.advise(Some(ticket), called) {
                Advice::Over(ended) => future::ready(ended).boxed(),
                Advice::Pause(_) => {
                    // The last pause is taken again and again.
                    let pause = PAUSES[paused.min(PAUSES.len() - 1)];
                    let slept = caller.host().sleep(pause);
                    slept.then(move |_| again(caller, tickets, call, (paused + 1, failed))).boxed()
                }
                Advice::Renew => {
                    let failed = attempts.failed().cloned();
                    again(caller, tickets, call, (paused, failed))
                }
            })
        })
        .boxed()
}

type Fetch = Shared<BoxFuture<'static, Result<Ticket, Trouble>>>;

pub fn kept_failure() -> Style {
    but_unit(articles::NAME, || {
        let table = Arc::new(Mutex::new(BTreeMap::<Arc<str>, Fetch>::new()));
        articles_that_call(move |caller, call| {
            let table = Arc::clone(&table);
            let stored = caller.host().ticket(&caller.name()).map_err(Trouble::from);
            stored
                .and_then(move |stored| {
                    let good = rule::good(stored.as_ref(), None, caller.host().elapsed());
                    let ticket = match (good, rule::request(&caller, false)) {
                        (Some(ticket), _) => future::ok(ticket).boxed(),
                        (None, Err(trouble)) => future::err(trouble).boxed(),
                        (None, Ok(request)) => {
                            let fetch = fetch(caller.shared(), caller.name(), stored, request);
                            // A promise that was rejected stays in the cache.
                            let mut table = table.lock().expect("not poisoned");
                            let fetch = table.entry(caller.name()).or_insert_with(|| {
                                let fetch = fetch.shared();
                                caller.shared().spawn(fetch.clone().map(drop).boxed());
                                fetch
                            });
                            fetch.clone().boxed()
                        }
                    };
                    ticket.and_then(move |ticket| {
                        let mut attempts = Attempts::new(call);
                        let called = caller.host().call(attempts.call(Some(&ticket)));
                        called.map(move |called| match attempts.advise(Some(ticket), called) {
                            Advice::Over(ended) => ended,
                            Advice::Pause(_) | Advice::Renew => Err(Trouble::Panicked),
                        })
                    })
                })
                .boxed()
        })
    })
}

fn fetch(
    host: Arc<dyn Host>,
    account: Arc<str>,
    before: Option<Ticket>,
    request: Call,
) -> BoxFuture<'static, Result<Ticket, Trouble>> {
    let fetch = future::lazy(move |_| {
        let mut attempts = Attempts::new(request);
        let called = host.call(attempts.call(None));
        called.map(move |called| match attempts.advise(None, called) {
            Advice::Over(ended) => ended.map(|body| (host, body)),
            Advice::Pause(_) | Advice::Renew => Err(Trouble::Panicked),
        })
    });
    let stored = fetch.flatten().and_then(move |(host, body)| {
        let read = rule::read(&body, host.elapsed());
        future::ready(read).and_then(move |ticket| {
            host.replace(&account, before, ticket.clone()).map(|_| Ok(ticket))
        })
    });
    let contained = AssertUnwindSafe(stored).catch_unwind();
    contained.map(|ended| ended.unwrap_or(Err(Trouble::Panicked))).boxed()
}
