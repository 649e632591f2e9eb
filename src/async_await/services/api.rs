use std::sync::Arc;

use ::pipeline::Call;
use ::pipeline::api::{Advice, Attempts, Caller, Trouble};

use super::ticket::ticket;
use super::tickets::Tickets;

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub async fn api(caller: &Caller, tickets: &Arc<Tickets>, call: Call) -> Result<Vec<u8>, Trouble> {
    // ANCHOR: retry
    let mut attempts = Attempts::new(call);
    loop {
        let ticket = ticket(caller, tickets, attempts.failed()).await?;
        let called = caller.host().call(attempts.call(Some(&ticket))).await;
        match attempts.advise(Some(ticket), called) {
            Advice::Over(ended) => return ended,
            // If the timer fails, there is no pause.
            Advice::Pause(pause) => caller.host().sleep(pause).await.unwrap_or_default(),
            Advice::Renew => {}
        }
    }
    // ANCHOR_END: retry
}
