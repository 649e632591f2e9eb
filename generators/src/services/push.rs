use std::sync::Arc;

use ::pipeline::{Context, Outcome, rules};

use super::api::api;
use super::tickets::Tickets;
use crate::ask::Routine;

/// Sends the answer of a request that could not wait for it as a customer-service message.
pub fn push(ctx: Box<Context>, outcome: Outcome, tickets: Arc<Tickets>) -> Routine<()> {
    go!(co => {
        if let Some((push, caller, call)) = rules::push::push(&ctx, &outcome) {
            push.end(yield_!(co, api(caller, tickets, call)));
        }
    })
}
