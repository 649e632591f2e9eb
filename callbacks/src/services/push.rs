use std::sync::Arc;

use ::pipeline::{Context, Outcome, rules};

use super::api::api;
use super::tickets::Tickets;
use crate::compose::{Bounce, Done};

/// Sends the answer of a request that could not wait for it as a customer-service message.
pub fn push(ctx: Box<Context>, outcome: Outcome, tickets: Arc<Tickets>) -> Bounce {
    match rules::push::push(&ctx, &outcome) {
        None => Bounce::Rest,
        Some((push, caller, call)) => {
            // The request has its answer: nothing comes afterwards.
            let nothing = Done::last(|_, _| {});
            api(caller, tickets, call, nothing, |ended, _| {
                push.end(ended);
                Bounce::Rest
            })
        }
    }
}
