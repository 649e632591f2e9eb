use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ::pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use ::pipeline::{Call, Completer, Host, Ticket};

use crate::ask::{Routine, thunk};
use crate::co;

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

/// Those who wait for it, in their order.
type Fetch = Vec<Completer<Result<Ticket, Trouble>>>;

/// The account's ticket: the stored one if it is good, otherwise a new one. Requests that need a new
/// one at the same time wait for the same fetch.
pub fn ticket(
    caller: &Caller,
    tickets: &Arc<Tickets>,
    failed: Option<&Ticket>,
) -> Routine<Result<Ticket, Trouble>> {
    let (caller, tickets, failed) = (caller.clone(), Arc::clone(tickets), failed.cloned());
    go!(co => {
        let stored = yield_!(co, caller.host().ticket(&caller.name()))?;
        if let Some(ticket) = rule::good(stored.as_ref(), failed.as_ref(), caller.host().elapsed()) {
            return Ok(ticket);
        }
        let request = rule::request(&caller, failed.is_some())?;
        let fetch = fetch(caller.shared(), caller.name(), stored, request);
        yield_!(co, share(&tickets, &caller, fetch))
    })
}

/// The fetch that is under way, or else this one.
fn share(
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

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
fn fetch(
    host: Arc<dyn Host>,
    account: Arc<str>,
    before: Option<Ticket>,
    request: Call,
) -> Routine<Result<Ticket, Trouble>> {
    go!(co => {
        let mut attempts = Attempts::new(request);
        let body = loop {
            let called = yield_!(co, host.call(attempts.call(None)));
            match attempts.advise(None, called) {
                Advice::Over(ended) => break ended?,
                Advice::Pause(pause) => {
                    yield_!(co, host.sleep(pause)).unwrap_or_default();
                },
                Advice::Renew => {}
            }
        };
        let ticket = rule::read(&body, host.elapsed())?;
        // If it cannot be stored, it is still good for those who wait.
        yield_!(co, host.replace(&account, before, ticket.clone())).unwrap_or_default();
        Ok(ticket)
    })
}
