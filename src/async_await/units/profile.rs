use std::sync::Arc;

use ::pipeline::api::Caller;
use ::pipeline::{Context, Created, Error, Verdict, units::profile as rule};

use crate::async_await::services::{Tickets, api};

/// Finds the user's record, or creates it from what WeChat knows.
pub async fn profile(ctx: &mut Context, tickets: Arc<Tickets>) -> Result<Verdict, Error> {
    let user = rule::user(ctx);
    let mut found = ctx.host().find(user.clone()).await;
    if let Ok(None) = found {
        let answered = api(&Caller::of(ctx), &tickets, rule::info(&user)).await;
        // ANCHOR: recover
        if let Some(profile) = rule::profile(&user, answered) {
            found = match ctx.host().create(profile.clone()).await {
                Ok(Created::New) => Ok(Some(profile)),
                // Somebody was faster, so there is a record now.
                Ok(Created::Conflict) => ctx.host().find(user).await,
                Err(failure) => Err(failure),
            };
        }
        // ANCHOR_END: recover
    }
    Ok(rule::take(ctx, found))
}
