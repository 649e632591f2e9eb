use std::sync::Arc;

use ::pipeline::api::Caller;
use ::pipeline::{Context, Created, units::profile as rule};

use super::queue::Asked;
use crate::ask::Routine;
use crate::services::{Tickets, api};

/// Finds the user's record, or creates it from what WeChat knows.
pub fn profile(mut ctx: Box<Context>, tickets: Arc<Tickets>) -> Routine<Asked> {
    go!(co => {
        let (caller, user) = (Caller::of(&ctx), rule::user(&ctx));
        let mut found = yield_!(co, ctx.host().find(user.clone()));
        if let Ok(None) = found {
            let answered = yield_!(co, api(caller, tickets, rule::info(&user)));
            if let Some(profile) = rule::profile(&user, answered) {
                found = match yield_!(co, ctx.host().create(profile.clone())) {
                    Ok(Created::New) => Ok(Some(profile)),
                    // Somebody was faster, so there is a record now.
                    Ok(Created::Conflict) => yield_!(co, ctx.host().find(user)),
                    Err(failure) => Err(failure),
                };
            }
        }
        let verdict = rule::take(&mut ctx, found);
        (ctx, Ok(verdict))
    })
}
