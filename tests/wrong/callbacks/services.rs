//! Wrong units and services of callbacks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use callbacks::compose::{Bounce, turn};
use callbacks::services::{Tickets, ticket};
use callbacks::thunk::{Cancelled, Fill, Thunk, any, race};
use callbacks::units::{Asked, Unit};
use kit::Style;
use pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use pipeline::units::articles::{Article, Pages, Search};
use pipeline::units::{articles, ask, weather};
use pipeline::{Call, Called, Context, Failure, Fault, Operation, Pending, Ticket};

use super::right::but_unit;

pub fn nested_calls() -> Style {
    fn weather(ctx: Box<Context>, asked: Asked) -> Bounce {
        let search = ctx.host().call(weather::search(&ctx));
        asked.wait(search, |searched, asked| match weather::place(&ctx, searched) {
            Err(verdict) => asked.call(None, verdict, ctx),
            Ok(place) => {
                // What is nested is a sequence.
                let forecast = ctx.host().call(weather::forecast(&place));
                asked.wait(forecast, |forecast, asked| {
                    let air = ctx.host().call(weather::air(&place));
                    asked.wait(air, move |air, asked| {
                        asked.call(None, weather::verdict(&ctx, &place, forecast, air), ctx)
                    })
                })
            }
        })
    }
    but_unit(weather::NAME, || Unit::waits(weather::NAME, weather::wants, weather))
}

const BAD: Failure = Failure { operation: Operation::Call, fault: Fault::Permanent };

fn answer(called: Pending<Called>) -> Thunk<String> {
    Thunk::reading(|| called, |answered| ask::words(answered).ok_or(BAD))
}

pub fn loser_that_is_not_cancelled() -> Style {
    fn ask(ctx: Box<Context>, asked: Asked) -> Bounce {
        let first = answer(ctx.host().call(ask::first(&ctx)));
        let timer = ctx.host().sleep(ask::HEAD_START);
        let timer = Cancelled::new(Thunk::reading(|| timer, |_| Err(BAD)));
        asked.hear(&race(vec![first.clone(), timer.thunk()]), |ended, asked| match ended {
            Ok(words) => asked.call(None, ask::verdict(&ctx, Some(words)), ctx),
            Err(_) => {
                drop(timer);
                let second = answer(ctx.host().call(ask::second(&ctx)));
                // Both callbacks stay with the host, and one of them comes too late.
                asked.hear(&any(vec![first, second]), |ended, asked| {
                    asked.call(None, ask::verdict(&ctx, ended.ok()), ctx)
                })
            }
        })
    }
    but_unit(ask::NAME, || Unit::waits(ask::NAME, ask::wants, ask))
}

type Then = Box<dyn FnOnce(Result<Vec<u8>, Trouble>, Asked) -> Bounce + Send>;

type Api = dyn Fn(Caller, Call, Asked, Then) -> Bounce + Send + Sync;

/// The articles, with calls of the API that are made in this way.
fn articles_that_call(
    api: impl Fn(Caller, Call, Asked, Then) -> Bounce + Send + Sync + 'static,
) -> Unit {
    let api: Arc<Api> = Arc::new(api);
    Unit::waits(articles::NAME, articles::wants, move |ctx, asked| {
        let search = Search::new(&ctx);
        read(Arc::clone(&api), Pages::default(), search, Vec::new(), ctx, asked)
    })
}

fn read(
    api: Arc<Api>,
    mut pages: Pages,
    search: Search,
    mut found: Vec<Article>,
    ctx: Box<Context>,
    asked: Asked,
) -> Bounce {
    let Some(page) = pages.next() else { return say(found, false, ctx, asked) };
    let (caller, next) = (Caller::of(&ctx), Arc::clone(&api));
    let then = move |answered, asked: Asked| match pages.take(answered) {
        Err(_) => say(found, true, ctx, asked),
        Ok(page) if search.add(&mut found, &page) => say(found, false, ctx, asked),
        Ok(_) => read(next, pages, search, found, ctx, asked),
    };
    api(caller, page, asked, Box::new(then))
}

fn say(found: Vec<Article>, failed: bool, ctx: Box<Context>, asked: Asked) -> Bounce {
    let verdict = articles::verdict(&ctx, found, failed);
    asked.call(None, verdict, ctx)
}

pub fn refused_ticket_again() -> Style {
    fn attempt(
        caller: Caller,
        tickets: Arc<Tickets>,
        mut attempts: Attempts,
        asked: Asked,
        then: Then,
    ) -> Bounce {
        // The ticket that has failed is not named, so the stored one is good.
        let (done, asked) = asked.apart();
        ticket(caller.clone(), Arc::clone(&tickets), None, done, |ticket, done| match ticket {
            Err(trouble) => then(Err(trouble), asked(done)),
            Ok(ticket) => {
                let call = caller.host().call(attempts.call(Some(&ticket)));
                asked(done).wait(call, |called, asked| {
                    match attempts.advise(Some(ticket), called) {
                        Advice::Over(ended) => then(ended, asked),
                        Advice::Pause(pause) => {
                            let pause = caller.host().sleep(pause);
                            asked.wait(pause, |_, asked| {
                                attempt(caller, tickets, attempts, asked, then)
                            })
                        }
                        Advice::Renew => attempt(caller, tickets, attempts, asked, then),
                    }
                })
            }
        })
    }
    but_unit(articles::NAME, || {
        let tickets = Arc::new(Tickets::default());
        articles_that_call(move |caller, call, asked, then| {
            attempt(caller, Arc::clone(&tickets), Attempts::new(call), asked, then)
        })
    })
}

type Table = Arc<Mutex<BTreeMap<Arc<str>, Thunk<Result<Ticket, Trouble>>>>>;

/// A call of the API that is tried once, with a ticket that is fetched in the request that needs it
/// first, and told to the others.
fn in_its_own_request(
    table: &Table,
    caller: Caller,
    call: Call,
    asked: Asked,
    then: Then,
) -> Bounce {
    let stored = caller.host().ticket(&caller.name());
    let table = Arc::clone(table);
    asked.wait(stored, move |stored, asked| {
        let stored = stored.unwrap_or_default();
        let attempts = Attempts::new(call);
        if let Some(ticket) = rule::good(stored.as_ref(), None, caller.host().elapsed()) {
            return with(ticket, attempts, caller, asked, then);
        }
        let request = match rule::request(&caller, false) {
            Ok(request) => request,
            Err(trouble) => return then(Err(trouble), asked),
        };
        let (own, leader) = (Arc::clone(&table), caller.clone());
        let begin = |fill| {
            turn(None, || fetch(own, leader, stored, Attempts::new(request), fill));
        };
        let mut under_way = table.lock().expect("not poisoned");
        let fetch = under_way.entry(caller.name()).or_insert_with(|| Thunk::new(begin)).clone();
        drop(under_way);
        asked.hear(&fetch, |ended, asked| match ended.unwrap_or(Err(Trouble::Panicked)) {
            Err(trouble) => then(Err(trouble), asked),
            Ok(ticket) => with(ticket, attempts, caller, asked, then),
        })
    })
}

fn with(
    ticket: Ticket,
    mut attempts: Attempts,
    caller: Caller,
    asked: Asked,
    then: Then,
) -> Bounce {
    let call = caller.host().call(attempts.call(Some(&ticket)));
    asked.wait(call, move |called, asked| match attempts.advise(Some(ticket), called) {
        Advice::Over(ended) => then(ended, asked),
        Advice::Pause(_) | Advice::Renew => then(Err(Trouble::Panicked), asked),
    })
}

/// Its operations are those of the leader, and end with it.
fn fetch(
    table: Table,
    leader: Caller,
    before: Option<Ticket>,
    mut attempts: Attempts,
    fill: Fill<Result<Ticket, Trouble>>,
) -> Bounce {
    let call = leader.host().call(attempts.call(None));
    call.subscribe(|called| {
        turn(None, move || match attempts.advise(None, called) {
            Advice::Pause(pause) => {
                let pause = leader.host().sleep(pause);
                pause.subscribe(|_| turn(None, || fetch(table, leader, before, attempts, fill)));
                Bounce::Rest
            }
            Advice::Over(ended) => {
                let read = ended.and_then(|body| rule::read(&body, leader.host().elapsed()));
                table.lock().expect("not poisoned").remove(&leader.name());
                if let Ok(ticket) = &read {
                    let stored = leader.host().replace(&leader.name(), before, ticket.clone());
                    stored.subscribe(|_| fill.fill(Ok(read)));
                } else {
                    fill.fill(Ok(read));
                }
                Bounce::Rest
            }
            Advice::Renew => Bounce::Rest,
        });
    });
    Bounce::Rest
}

pub fn fetch_of_the_first_request() -> Style {
    but_unit(articles::NAME, || {
        let table = Table::default();
        articles_that_call(move |caller, call, asked, then| {
            in_its_own_request(&table, caller, call, asked, then)
        })
    })
}
