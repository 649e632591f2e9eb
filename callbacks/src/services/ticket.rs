use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ::pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use ::pipeline::{Host, Ticket};

use crate::compose::{Bounce, Done, turn};
use crate::thunk::{Fill, Thunk};

/// The fetches that are under way, by account.
#[derive(Default)]
pub struct Tickets(Mutex<BTreeMap<Arc<str>, Fetch>>);

type Fetch = Thunk<Result<Ticket, Trouble>>;

/// The account's ticket: the stored one if it is good, otherwise a new one. Requests that need a new
/// one at the same time wait for the same fetch.
pub fn ticket(
    caller: Caller,
    tickets: Arc<Tickets>,
    failed: Option<Ticket>,
    done: Done,
    then: impl FnOnce(Result<Ticket, Trouble>, Done) -> Bounce + Send + 'static,
) -> Bounce {
    let stored = caller.host().ticket(&caller.name());
    done.wait(stored, move |stored, done| {
        let stored = match stored {
            Ok(stored) => stored,
            Err(failure) => return then(Err(failure.into()), done),
        };
        if let Some(ticket) = rule::good(stored.as_ref(), failed.as_ref(), caller.host().elapsed())
        {
            return then(Ok(ticket), done);
        }
        let request = match rule::request(&caller, failed.is_some()) {
            Ok(request) => request,
            Err(trouble) => return then(Err(trouble), done),
        };
        let (host, account) = (caller.shared(), caller.name());
        // Weak, because the table holds the fetch.
        let table = Arc::downgrade(&tickets);
        let fetch = Thunk::new(move |fill| {
            let fetching = Fetching { tickets: table, account, fill: Some(fill) };
            turn(None, || fetch(host, stored, Attempts::new(request), fetching));
        });
        let fetch = share(&tickets, &caller, fetch);
        // If the thunk held the continuation, it would not end with its request. So the host does.
        let (tell, told) = caller.host().hold();
        fetch.call(|_| tell());
        done.wait(told, move |_, done| {
            done.hear(&fetch, |ended, done| then(ended.unwrap_or(Err(Trouble::Panicked)), done))
        })
    })
}

/// The fetch that is under way, or else this one.
fn share(tickets: &Tickets, caller: &Caller, fetch: Fetch) -> Fetch {
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

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
fn fetch(
    host: Arc<dyn Host>,
    before: Option<Ticket>,
    mut attempts: Attempts,
    fetching: Fetching,
) -> Bounce {
    let call = host.call(attempts.call(None));
    call.subscribe(|called| {
        turn(None, move || match attempts.advise(None, called) {
            Advice::Over(Err(trouble)) => fetching.end(Err(trouble)),
            Advice::Over(Ok(body)) => match rule::read(&body, host.elapsed()) {
                Err(trouble) => fetching.end(Err(trouble)),
                Ok(ticket) => {
                    let stored = host.replace(&fetching.account, before, ticket.clone());
                    // If it cannot be stored, it is still good for those who wait.
                    stored.subscribe(|_| turn(None, || fetching.end(Ok(ticket))));
                    Bounce::Rest
                }
            },
            Advice::Pause(pause) => {
                let pause = host.sleep(pause);
                pause.subscribe(|_| turn(None, || fetch(host, before, attempts, fetching)));
                Bounce::Rest
            }
            Advice::Renew => fetch(host, before, attempts, fetching),
        });
    });
    Bounce::Rest
}

/// A fetch under way. If it panics, it is dropped: then it leaves the table, and those who wait are
/// told that it was abandoned.
struct Fetching {
    tickets: Weak<Tickets>,
    account: Arc<str>,
    fill: Option<Fill<Result<Ticket, Trouble>>>,
}

impl Fetching {
    fn end(mut self, ended: Result<Ticket, Trouble>) -> Bounce {
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
