use std::sync::Arc;

use ::pipeline::Call;
use ::pipeline::api::{Advice, Attempts, Caller, Trouble};
use futures::future::{self, BoxFuture, FutureExt, TryFutureExt};

use super::ticket::ticket;
use super::tickets::Tickets;

/// Calls WeChat's API with a ticket, and again as the answer advises.
pub fn api(
    caller: Caller,
    tickets: Arc<Tickets>,
    call: Call,
) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
    attempt(caller, tickets, Attempts::new(call))
}

/// A loop is a function that its own chain calls again. There are few attempts, so the chain stays
/// short.
fn attempt(
    caller: Caller,
    tickets: Arc<Tickets>,
    mut attempts: Attempts,
) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
    ticket(&caller, &tickets, attempts.failed())
        .and_then(move |ticket| {
            let call = caller.host().call(attempts.call(Some(&ticket)));
            call.then(move |called| match attempts.advise(Some(ticket), called) {
                Advice::Over(ended) => future::ready(ended).boxed(),
                // If the timer fails, there is no pause.
                Advice::Pause(pause) => {
                    let pause = caller.host().sleep(pause);
                    pause.then(move |_| attempt(caller, tickets, attempts)).boxed()
                }
                Advice::Renew => attempt(caller, tickets, attempts),
            })
        })
        .boxed()
}
