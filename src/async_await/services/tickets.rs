use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::Ticket;
use ::pipeline::api::{Caller, Trouble};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

pub(super) type Fetch = Shared<BoxFuture<'static, Result<Ticket, Trouble>>>;

// ANCHOR: share
/// The fetch that is under way, or else this one.
pub(super) fn share(
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
// ANCHOR_END: share

impl Tickets {
    fn under_way(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Fetch>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
