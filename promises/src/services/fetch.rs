use std::sync::Arc;

use ::pipeline::api::{Advice, Attempts, Trouble, ticket as rule};
use ::pipeline::{Call, Host, Ticket};
use futures::future::{self, BoxFuture, FutureExt, TryFutureExt};

/// Fetches and stores a ticket. It belongs to no request: if the one that began it is cancelled, it
/// goes on for the others.
pub(super) fn fetch(
    host: Arc<dyn Host>,
    account: Arc<str>,
    before: Option<Ticket>,
    request: Call,
) -> impl Future<Output = Result<Ticket, Trouble>> + Send {
    future::lazy(move |_| {
        attempt(Arc::clone(&host), Attempts::new(request)).map_ok(|body| (host, body))
    })
    .flatten()
    .and_then(move |(host, body)| match rule::read(&body, host.elapsed()) {
        Err(trouble) => future::err(trouble).left_future(),
        Ok(ticket) => {
            let stored = host.replace(&account, before, ticket.clone());
            // If it cannot be stored, it is still good for those who wait.
            stored.map(|_| Ok(ticket)).right_future()
        }
    })
}

fn attempt(
    host: Arc<dyn Host>,
    mut attempts: Attempts,
) -> BoxFuture<'static, Result<Vec<u8>, Trouble>> {
    host.call(attempts.call(None))
        .then(move |called| match attempts.advise(None, called) {
            Advice::Over(ended) => future::ready(ended).boxed(),
            Advice::Pause(pause) => host.sleep(pause).then(|_| attempt(host, attempts)).boxed(),
            Advice::Renew => attempt(host, attempts),
        })
        .boxed()
}
