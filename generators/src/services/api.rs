use std::sync::Arc;

use ::pipeline::Call;
use ::pipeline::api::{Advice, Attempts, Caller, Trouble};

use super::ticket::ticket;
use super::tickets::Tickets;
use crate::ask::Routine;

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub fn api(caller: Caller, tickets: Arc<Tickets>, call: Call) -> Routine<Result<Vec<u8>, Trouble>> {
    go!(co => {
        let mut attempts = Attempts::new(call);
        loop {
            let ticket = yield_!(co, ticket(&caller, &tickets, attempts.failed()))?;
            let called = yield_!(co, caller.host().call(attempts.call(Some(&ticket))));
            match attempts.advise(Some(ticket), called) {
                Advice::Over(ended) => return ended,
                // If the timer fails, there is no pause.
                Advice::Pause(pause) => {
                    yield_!(co, caller.host().sleep(pause)).unwrap_or_default();
                },
                Advice::Renew => {}
            }
        }
    })
}
