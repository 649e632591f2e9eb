use std::sync::Arc;

use ::pipeline::Ticket;
use ::pipeline::api::{Caller, Trouble, ticket as rule};

use super::fetch::fetch;
use super::tickets::{Tickets, share};
use crate::ask::Routine;

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
