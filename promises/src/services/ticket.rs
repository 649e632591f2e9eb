use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use ::pipeline::{Call, Host, Ticket};
use futures::future::{self, BoxFuture, FutureExt, Shared, TryFutureExt};

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

type Fetch = Shared<BoxFuture<'static, Result<Ticket, Trouble>>>;

/// The account's ticket: the stored one if it is good, otherwise a new one. Requests that need a new
/// one at the same time wait for the same fetch.
pub fn ticket(
    caller: &Caller,
    tickets: &Arc<Tickets>,
    failed: Option<&Ticket>,
) -> impl Future<Output = Result<Ticket, Trouble>> + Send + use<> {
    let (caller, tickets, failed) = (caller.clone(), Arc::clone(tickets), failed.cloned());
    let stored = caller.host().ticket(&caller.name()).map_err(Trouble::from);
    stored.and_then(move |stored| {
        if let Some(ticket) = rule::good(stored.as_ref(), failed.as_ref(), caller.host().elapsed())
        {
            return future::ok(ticket).boxed();
        }
        match rule::request(&caller, failed.is_some()) {
            Err(trouble) => future::err(trouble).boxed(),
            Ok(request) => {
                let fetch = fetch(caller.shared(), caller.name(), stored, request);
                share(&tickets, &caller, fetch).boxed()
            }
        }
    })
}

/// The fetch that is under way, or else this one.
fn share(
    tickets: &Arc<Tickets>,
    caller: &Caller,
    fetch: impl Future<Output = Result<Ticket, Trouble>> + Send + 'static,
) -> Fetch {
    // Weak, because the table holds the fetch.
    let (table, name) = (Arc::downgrade(tickets), caller.name());
    let fetch = AssertUnwindSafe(fetch).catch_unwind().map(move |ended| {
        let over = table.upgrade().and_then(|tickets| tickets.under_way().remove(&name));
        drop(over);
        ended.unwrap_or(Err(Trouble::Panicked))
    });
    let fetch = fetch.boxed().shared();
    match tickets.under_way().entry(caller.name()) {
        Entry::Occupied(under_way) => return under_way.get().clone(),
        Entry::Vacant(place) => place.insert(fetch.clone()),
    };
    caller.shared().spawn(fetch.clone().map(drop).boxed());
    fetch
}

impl Tickets {
    fn under_way(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Fetch>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
fn fetch(
    host: Arc<dyn Host>,
    account: Arc<str>,
    before: Option<Ticket>,
    request: Call,
) -> impl Future<Output = Result<Ticket, Trouble>> + Send {
    future::lazy(move |_| {
        attempt(Arc::clone(&host), Attempts::new(request)).map_ok(|body| (host, body))
    })
    .flatten()
    .and_then(move |(host, body)| match rule::read(&body, host.elapsed()) {
        Err(trouble) => future::err(trouble).left_future(),
        Ok(ticket) => {
            let stored = host.replace(&account, before, ticket.clone());
            // If it cannot be stored, it is still good for those who wait.
            stored.map(|_| Ok(ticket)).right_future()
        }
    })
}

fn attempt(
    host: Arc<dyn Host>,
    mut attempts: Attempts,
) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
    host.call(attempts.call(None))
        .then(move |called| match attempts.advise(None, called) {
            Advice::Over(ended) => future::ready(ended).boxed(),
            Advice::Pause(pause) => host.sleep(pause).then(|_| attempt(host, attempts)).boxed(),
            Advice::Renew => attempt(host, attempts),
        })
        .boxed()
}
