use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ::pipeline::api::{Caller, Trouble};
use ::pipeline::{Completer, Ticket};

use crate::ask::{Routine, thunk};
use crate::co;

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

/// Those who wait for it, in their order.
pub(super) type Fetch = Vec<Completer<Result<Ticket, Trouble>>>;

// ANCHOR: share
/// The fetch that is under way, or else this one.
pub(super) fn share(
    tickets: &Arc<Tickets>,
    caller: &Caller,
    fetch: Routine<Result<Ticket, Trouble>>,
) -> Routine<Result<Ticket, Trouble>> {
    let (tickets, caller) = (Arc::clone(tickets), caller.clone());
    go!(co => {
        let mut leads = false;
        let told = thunk(|completer| {
            let mut under_way = tickets.under_way();
            let waiting = under_way.entry(caller.name()).or_default();
            leads = waiting.is_empty();
            waiting.push(completer);
        });
        if leads {
            // Weak, because the host holds the fetch.
            let waiting = Waiting { tickets: Arc::downgrade(&tickets), account: caller.name() };
            caller.shared().spawn(Box::pin(co::co(tell(waiting, fetch))));
        }
        yield_!(co, told)?
    })
}
// ANCHOR_END: share

fn tell(mut waiting: Waiting, fetch: Routine<Result<Ticket, Trouble>>) -> Routine<()> {
    go!(co => {
        let ended = yield_!(co, fetch);
        waiting.tell(&ended);
    })
}

/// Those who wait for the fetch of an account. If it panics, they are told when this is dropped.
struct Waiting {
    tickets: Weak<Tickets>,
    account: Arc<str>,
}

impl Waiting {
    /// Tells them once; those of a later fetch are not of this one.
    fn tell(&mut self, ended: &Result<Ticket, Trouble>) {
        let tickets = mem::take(&mut self.tickets).upgrade();
        let waiting = tickets.and_then(|tickets| tickets.under_way().remove(&self.account));
        for completer in waiting.into_iter().flatten() {
            completer.complete(Ok(ended.clone()));
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.tell(&Err(Trouble::Panicked));
    }
}

impl Tickets {
    fn under_way(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Fetch>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
