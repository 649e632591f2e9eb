use std::sync::Arc;

use ::pipeline::api::{Advice, Attempts, Trouble, ticket as rule};
use ::pipeline::{Call, Host, Ticket};

use crate::ask::Routine;

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
pub(super) fn fetch(
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
