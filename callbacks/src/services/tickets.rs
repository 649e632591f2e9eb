use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ::pipeline::Ticket;
use ::pipeline::api::{Caller, Trouble};

use crate::compose::Bounce;
use crate::thunk::{Fill, Thunk};

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

pub(super) type Fetch = Thunk<Result<Ticket, Trouble>>;

/// The fetch that is under way, or else this one.
pub(super) fn share(tickets: &Tickets, caller: &Caller, fetch: Fetch) -> Fetch {
    match tickets.under_way().entry(caller.name()) {
        Entry::Occupied(under_way) => return under_way.get().clone(),
        Entry::Vacant(place) => place.insert(fetch.clone()),
    };
    fetch
}

impl Tickets {
    fn under_way(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Fetch>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fetch under way. If it panics, it is dropped: then it leaves the table, and those who wait are
/// told that it was abandoned.
pub(super) struct Fetching {
    tickets: Weak<Tickets>,
    pub(super) account: Arc<str>,
    fill: Option<Fill<Result<Ticket, Trouble>>>,
}

impl Fetching {
    pub(super) fn new(
        tickets: Weak<Tickets>,
        account: Arc<str>,
        fill: Fill<Result<Ticket, Trouble>>,
    ) -> Self {
        Self { tickets, account, fill: Some(fill) }
    }

    pub(super) fn end(mut self, ended: Result<Ticket, Trouble>) -> Bounce {
        self.leave();
        if let Some(fill) = self.fill.take() {
            fill.fill(Ok(ended));
        }
        Bounce::Rest
    }

    /// Leaves the table, once: what is there later is another fetch.
    fn leave(&mut self) {
        let tickets = mem::take(&mut self.tickets).upgrade();
        let over = tickets.and_then(|tickets| tickets.under_way().remove(&self.account));
        drop(over);
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.leave();
    }
}
