use std::sync::Arc;

use ::pipeline::api::{Advice, Attempts, Trouble, ticket as rule};
use ::pipeline::{Call, Host, Ticket};

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
pub(super) async fn fetch(
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
