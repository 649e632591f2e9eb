use std::sync::Arc;

use ::pipeline::Call;
use ::pipeline::api::{Advice, Attempts, Caller, Trouble};

use super::ticket::ticket;
use super::tickets::Tickets;
use crate::compose::Bounce;
use crate::units::Asked;

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub fn api(
    caller: Caller,
    tickets: Arc<Tickets>,
    call: Call,
    asked: Asked,
    then: impl FnOnce(Result<Vec<u8>, Trouble>, Asked) -> Bounce + Send + 'static,
) -> Bounce {
    attempt(caller, tickets, Attempts::new(call), asked, Box::new(then))
}

type Then = Box<dyn FnOnce(Result<Vec<u8>, Trouble>, Asked) -> Bounce + Send>;

// ANCHOR: retry
/// A loop is a function that its own continuation calls again. There are few attempts, so they fit
/// on the stack.
fn attempt(
    caller: Caller,
    tickets: Arc<Tickets>,
    mut attempts: Attempts,
    asked: Asked,
    then: Then,
) -> Bounce {
    let failed = attempts.failed().cloned();
    ticket(caller.clone(), Arc::clone(&tickets), failed, asked, |ticket, asked| match ticket {
        Err(trouble) => then(Err(trouble), asked),
        Ok(ticket) => {
            let call = caller.host().call(attempts.call(Some(&ticket)));
            asked.wait(call, move |called, asked| match attempts.advise(Some(ticket), called) {
                Advice::Over(ended) => then(ended, asked),
                // If the timer fails, there is no pause.
                Advice::Pause(pause) => {
                    let pause = caller.host().sleep(pause);
                    asked.wait(pause, |_, asked| attempt(caller, tickets, attempts, asked, then))
                }
                Advice::Renew => attempt(caller, tickets, attempts, asked, then),
            })
        }
    })
}
// ANCHOR_END: retry
