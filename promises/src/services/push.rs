use std::sync::Arc;

use ::pipeline::{Context, rules};
use futures::future::{self, BoxFuture, FutureExt};

use super::api::api;
use super::tickets::Tickets;
use crate::compose::Rejection;

/// Sends the answer of a request that could not wait for it as a customer-service message.
pub fn push(
    ended: Result<Box<Context>, Rejection>,
    tickets: Arc<Tickets>,
) -> BoxFuture<'static, ()> {
    let (ctx, outcome) = match ended {
        Ok(ctx) => (ctx, Ok(())),
        Err(Rejection { error, ctx }) => (ctx, Err(error)),
    };
    match rules::push::push(&ctx, &outcome) {
        None => future::ready(()).boxed(),
        Some((push, caller, call)) => {
            api(caller, tickets, call).map(|ended| push.end(ended)).boxed()
        }
    }
}
