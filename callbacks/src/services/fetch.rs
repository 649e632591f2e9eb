use std::sync::Arc;

use ::pipeline::api::{Advice, Attempts, ticket as rule};
use ::pipeline::{Host, Ticket};

use super::tickets::Fetching;
use crate::compose::{Bounce, turn};

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
pub(super) fn fetch(
    host: Arc<dyn Host>,
    before: Option<Ticket>,
    mut attempts: Attempts,
    fetching: Fetching,
) -> Bounce {
    let call = host.call(attempts.call(None));
    call.subscribe(|called| {
        turn(None, move || match attempts.advise(None, called) {
            Advice::Over(Err(trouble)) => fetching.end(Err(trouble)),
            Advice::Over(Ok(body)) => match rule::read(&body, host.elapsed()) {
                Err(trouble) => fetching.end(Err(trouble)),
                Ok(ticket) => {
                    let stored = host.replace(&fetching.account, before, ticket.clone());
                    // If it cannot be stored, it is still good for those who wait.
                    stored.subscribe(|_| turn(None, || fetching.end(Ok(ticket))));
                    Bounce::Rest
                }
            },
            Advice::Pause(pause) => {
                let pause = host.sleep(pause);
                pause.subscribe(|_| turn(None, || fetch(host, before, attempts, fetching)));
                Bounce::Rest
            }
            Advice::Renew => fetch(host, before, attempts, fetching),
        });
    });
    Bounce::Rest
}
