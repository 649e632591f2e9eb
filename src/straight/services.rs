//! The calls of WeChat's API. There is never a second request that waits for the same ticket, so
//! nothing is shared.

use pipeline::api::{Advice, Attempts, Caller, Trouble, ticket as rule};
use pipeline::{Call, Operation, Ticket};

use super::ready::ready;

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub(super) fn api(caller: &Caller, call: Call) -> Result<Vec<u8>, Trouble> {
    let mut attempts = Attempts::new(call);
    loop {
        let ticket = ticket(caller, attempts.failed())?;
        let call = attempts.call(Some(&ticket));
        if let Some(ended) = attempt(caller, &mut attempts, call, Some(ticket)) {
            return ended;
        }
    }
}

/// The account's ticket: the stored one if it is good, otherwise a new one.
fn ticket(caller: &Caller, failed: Option<&Ticket>) -> Result<Ticket, Trouble> {
    let host = caller.host();
    let stored = ready(Operation::Ticket, host.ticket(&caller.name()))?;
    if let Some(ticket) = rule::good(stored.as_ref(), failed, host.elapsed()) {
        return Ok(ticket);
    }
    let mut attempts = Attempts::new(rule::request(caller, failed.is_some())?);
    let body = loop {
        let call = attempts.call(None);
        if let Some(ended) = attempt(caller, &mut attempts, call, None) {
            break ended?;
        }
    };
    let ticket = rule::read(&body, host.elapsed())?;
    let replaced = host.replace(&caller.name(), stored, ticket.clone());
    ready(Operation::Replace, replaced).unwrap_or_default();
    Ok(ticket)
}

/// One attempt, and the pause after it. `None` if there is to be another one.
fn attempt(
    caller: &Caller,
    attempts: &mut Attempts,
    call: Call,
    ticket: Option<Ticket>,
) -> Option<Result<Vec<u8>, Trouble>> {
    let called = ready(Operation::Call, caller.host().call(call));
    match attempts.advise(ticket, called) {
        Advice::Over(ended) => return Some(ended),
        Advice::Pause(pause) => {
            ready(Operation::Sleep, caller.host().sleep(pause)).unwrap_or_default();
        }
        Advice::Renew => {}
    }
    None
}
