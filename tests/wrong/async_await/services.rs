//! Wrong units and services of async/await.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use four_ways::async_await::services::{self, Tickets};
use four_ways::async_await::units::Unit;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join};
use kit::Style;
use pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use pipeline::units::articles::{Pages, Search};
use pipeline::units::{articles, ask, profile, weather};
use pipeline::{Call, Context, Created, Error, Host, Ticket, Verdict};

use super::right::but_unit;

pub fn awaited_in_turn() -> Style {
    async fn weather(ctx: &mut Context) -> Result<Verdict, Error> {
        let host = ctx.host();
        let place = match weather::place(ctx, host.call(weather::search(ctx)).await) {
            Ok(place) => place,
            Err(verdict) => return Ok(verdict),
        };
        // The second call is made when the first was awaited.
        let forecast = host.call(weather::forecast(&place)).await;
        let air = host.call(weather::air(&place)).await;
        Ok(weather::verdict(ctx, &place, forecast, air))
    }
    but_unit(weather::NAME, || Unit::waits(weather::NAME, weather::wants, weather))
}

pub fn both_providers_at_once() -> Style {
    async fn ask(ctx: &mut Context) -> Result<Verdict, Error> {
        let host = ctx.host();
        let (first, second) = (host.call(ask::first(ctx)), host.call(ask::second(ctx)));
        let (first, second) = join(first, second).await;
        let words = ask::words(first).or_else(|| ask::words(second));
        Ok(ask::verdict(ctx, words))
    }
    but_unit(ask::NAME, || Unit::waits(ask::NAME, ask::wants, ask))
}

pub fn ignored_conflict() -> Style {
    async fn profile(ctx: &mut Context, tickets: Arc<Tickets>) -> Result<Verdict, Error> {
        let user = profile::user(ctx);
        let mut found = ctx.host().find(user.clone()).await;
        if let Ok(None) = found {
            let info = profile::info(&user);
            let answered = services::api(&Caller::of(ctx), &tickets, info).await;
            if let Some(profile) = profile::profile(&user, answered) {
                // Whoever was faster, the record is taken for this one.
                found = match ctx.host().create(profile.clone()).await {
                    Ok(Created::New | Created::Conflict) => Ok(Some(profile)),
                    Err(failure) => Err(failure),
                };
            }
        }
        Ok(profile::take(ctx, found))
    }
    but_unit(profile::NAME, || {
        let tickets = Arc::new(Tickets::default());
        Unit::capturing(profile::NAME, profile::wants, move |ctx| {
            profile(ctx, Arc::clone(&tickets)).boxed()
        })
    })
}

type Fetching = BoxFuture<'static, Result<Ticket, Trouble>>;

type Fetch = Shared<Fetching>;

type Table = Arc<Mutex<BTreeMap<Arc<str>, Fetch>>>;

/// The articles, with fetches that requests share in this way.
fn articles_that_share(share: fn(&Table, &Caller, Fetching) -> Fetch) -> Style {
    but_unit(articles::NAME, move || {
        let table = Table::default();
        Unit::capturing(articles::NAME, articles::wants, move |ctx| {
            let table = Arc::clone(&table);
            async move {
                let (caller, search) = (Caller::of(ctx), Search::new(ctx));
                let (mut pages, mut found) = (Pages::default(), Vec::new());
                while let Some(page) = pages.next() {
                    match pages.take(api(&caller, &table, share, page).await) {
                        Ok(page) if search.add(&mut found, &page) => break,
                        Ok(_) => {}
                        Err(_) => return Ok(articles::verdict(ctx, found, true)),
                    }
                }
                Ok(articles::verdict(ctx, found, false))
            }
            .boxed()
        })
    })
}

async fn api(
    caller: &Caller,
    table: &Table,
    share: fn(&Table, &Caller, Fetching) -> Fetch,
    call: Call,
) -> Result<Vec<u8>, Trouble> {
    let mut attempts = Attempts::new(call);
    loop {
        let stored = caller.host().ticket(&caller.name()).await?;
        let good = rule::good(stored.as_ref(), attempts.failed(), caller.host().elapsed());
        let ticket = match good {
            Some(ticket) => ticket,
            None => {
                let request = rule::request(caller, attempts.failed().is_some())?;
                let fetch = fetch(caller.shared(), caller.name(), stored, request).boxed();
                share(table, caller, fetch).await?
            }
        };
        let called = caller.host().call(attempts.call(Some(&ticket))).await;
        match attempts.advise(Some(ticket), called) {
            Advice::Over(ended) => return ended,
            Advice::Pause(pause) => caller.host().sleep(pause).await.unwrap_or_default(),
            Advice::Renew => {}
        }
    }
}

async fn fetch(
    host: Arc<dyn Host>,
    account: Arc<str>,
    before: Option<Ticket>,
    request: Call,
) -> Result<Ticket, Trouble> {
    let mut attempts = Attempts::new(request);
    let body = loop {
        let called = host.call(attempts.call(None)).await;
        match attempts.advise(None, called) {
            Advice::Over(ended) => break ended?,
            Advice::Pause(pause) => host.sleep(pause).await.unwrap_or_default(),
            Advice::Renew => {}
        }
    };
    let ticket = rule::read(&body, host.elapsed())?;
    host.replace(&account, before, ticket.clone()).await.unwrap_or_default();
    Ok(ticket)
}

fn contained(fetch: Fetching) -> Fetching {
    let fetch = AssertUnwindSafe(fetch).catch_unwind();
    fetch.map(|ended| ended.unwrap_or(Err(Trouble::Panicked))).boxed()
}

pub fn fetch_for_each_request() -> Style {
    articles_that_share(|_, caller, fetch| {
        // Each request is the only one that it knows.
        let fetch = contained(fetch).shared();
        caller.shared().spawn(fetch.clone().map(drop).boxed());
        fetch
    })
}

pub fn fetch_that_is_not_spawned() -> Style {
    articles_that_share(|table, caller, fetch| {
        let (own, name) = (Arc::downgrade(table), caller.name());
        let fetch = contained(fetch).map(move |ended| {
            if let Some(table) = own.upgrade() {
                let over = table.lock().expect("not poisoned").remove(&name);
                drop(over);
            }
            ended
        });
        // It goes on as long as somebody awaits it, and whoever began it may be the only one.
        let mut table = table.lock().expect("not poisoned");
        table.entry(caller.name()).or_insert_with(|| fetch.boxed().shared()).clone()
    })
}
