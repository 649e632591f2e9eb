use std::sync::Arc;

use ::pipeline::Ticket;
use ::pipeline::api::{Caller, Trouble, ticket as rule};

use super::fetch::fetch;
use super::tickets::{Tickets, share};

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
