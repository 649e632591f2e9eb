use std::sync::Arc;

use ::pipeline::Ticket;
use ::pipeline::api::{Attempts, Caller, Trouble, ticket as rule};

use super::fetch::fetch;
use super::tickets::{Fetching, Tickets, share};
use crate::compose::{Bounce, Done, turn};
use crate::thunk::Thunk;

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
            let fetching = Fetching::new(table, account, fill);
            turn(None, || fetch(host, stored, Attempts::new(request), fetching));
        });
        // ANCHOR: share
        let fetch = share(&tickets, &caller, fetch);
        // If the thunk held the continuation, it would not end with its request. So the host does.
        let (tell, told) = caller.host().hold();
        fetch.call(|_| tell());
        done.wait(told, move |_, done| {
            done.hear(&fetch, |ended, done| then(ended.unwrap_or(Err(Trouble::Panicked)), done))
        })
        // ANCHOR_END: share
    })
}
