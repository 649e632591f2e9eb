use std::sync::Arc;

use ::pipeline::Ticket;
use ::pipeline::api::{Caller, Trouble, ticket as rule};
use futures::future::{self, FutureExt, TryFutureExt};

use super::fetch::fetch;
use super::tickets::{Tickets, share};

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
