use std::sync::Arc;

use ::pipeline::{Context, Outcome, rules};

use super::api::api;
use super::tickets::Tickets;

/// Sends the answer of a request that could not wait for it as a customer-service message.
pub async fn push(ctx: &Context, outcome: &Outcome, tickets: &Arc<Tickets>) {
    if let Some((push, caller, call)) = rules::push::push(ctx, outcome) {
        push.end(api(&caller, tickets, call).await);
    }
}
