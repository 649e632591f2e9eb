use std::sync::Arc;

use ::pipeline::Call;
use ::pipeline::api::{Advice, Attempts, Caller, Trouble};

use super::ticket::ticket;
use super::tickets::Tickets;
use crate::compose::{Bounce, Done};

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub fn api(
    caller: Caller,
    tickets: Arc<Tickets>,
    call: Call,
    done: Done,
    then: impl FnOnce(Result<Vec<u8>, Trouble>, Done) -> Bounce + Send + 'static,
) -> Bounce {
    attempt(caller, tickets, Attempts::new(call), done, Box::new(then))
}

type Then = Box<dyn FnOnce(Result<Vec<u8>, Trouble>, Done) -> Bounce + Send>;

// ANCHOR: retry
/// A loop is a function that its own continuation calls again. There are few attempts, so they fit
/// on the stack.
fn attempt(
    caller: Caller,
    tickets: Arc<Tickets>,
    mut attempts: Attempts,
    done: Done,
    then: Then,
) -> Bounce {
    let failed = attempts.failed().cloned();
    ticket(caller.clone(), Arc::clone(&tickets), failed, done, |ticket, done| match ticket {
        Err(trouble) => then(Err(trouble), done),
        Ok(ticket) => {
            let call = caller.host().call(attempts.call(Some(&ticket)));
            done.wait(call, move |called, done| match attempts.advise(Some(ticket), called) {
                Advice::Over(ended) => then(ended, done),
                // If the timer fails, there is no pause.
                Advice::Pause(pause) => {
                    let pause = caller.host().sleep(pause);
                    done.wait(pause, |_, done| attempt(caller, tickets, attempts, done, then))
                }
                Advice::Renew => attempt(caller, tickets, attempts, done, then),
            })
        }
    })
}
// ANCHOR_END: retry
