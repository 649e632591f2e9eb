use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use ::pipeline::{Call, Host, Ticket};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

type Fetch = Shared<BoxFuture<'static, Result<Ticket, Trouble>>>;

/// The account's ticket: the stored one if it is good, otherwise a new one. Requests that need a new
/// one at the same time wait for the same fetch.
pub async fn ticket(
    caller: &Caller,
    tickets: &Arc<Tickets>,
    failed: Option<&Ticket>,
) -> Result<Ticket, Trouble> {
    let stored = caller.host().ticket(&caller.name()).await?;
    if let Some(ticket) = rule::good(stored.as_ref(), failed, caller.host().elapsed()) {
        return Ok(ticket);
    }
    let request = rule::request(caller, failed.is_some())?;
    let fetch = fetch(caller.shared(), caller.name(), stored, request);
    share(tickets, caller, fetch).await
}

/// The fetch that is under way, or else this one.
fn share(
    tickets: &Arc<Tickets>,
    caller: &Caller,
    fetch: impl Future<Output = Result<Ticket, Trouble>> + Send + 'static,
) -> Fetch {
    // Weak, because the table holds the fetch.
    let (table, name) = (Arc::downgrade(tickets), caller.name());
    let fetch = async move {
        let ended = AssertUnwindSafe(fetch).catch_unwind().await;
        let over = table.upgrade().and_then(|tickets| tickets.under_way().remove(&name));
        drop(over);
        ended.unwrap_or(Err(Trouble::Panicked))
    };
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
    // If it cannot be stored, it is still good for those who wait.
    host.replace(&account, before, ticket.clone()).await.unwrap_or_default();
    Ok(ticket)
}
