use std::sync::Arc;

use ::pipeline::api::Caller;
use ::pipeline::{Context, Created, Failure, Profile, User, Verdict, units::profile as rule};
use futures::future::{self, BoxFuture, FutureExt, TryFutureExt};

use crate::compose::{Promise, PromiseExt};
use crate::services::{Tickets, api};

/// Finds the user's record, or creates it from what WeChat knows.
pub fn profile(mut ctx: Box<Context>, tickets: Arc<Tickets>) -> Promise<(Box<Context>, Verdict)> {
    let (caller, user) = (Caller::of(&ctx), rule::user(&ctx));
    let found = ctx.host().find(user.clone());
    found
        .and_then(|found| match found {
            Some(profile) => future::ok(Some(profile)).boxed(),
            None => create(caller, user, tickets),
        })
        .map(|found| {
            let verdict = rule::take(&mut ctx, found);
            Ok((ctx, verdict))
        })
        .promise()
}

// ANCHOR: recover
fn create(
    caller: Caller,
    user: User,
    tickets: Arc<Tickets>,
) -> BoxFuture<'static, Result<Option<Profile>, Failure>> {
    api(caller.clone(), tickets, rule::info(&user))
        .then(move |answered| match rule::profile(&user, answered) {
            None => future::ok(None).boxed(),
            Some(profile) => {
                let created = caller.host().create(profile.clone());
                created
                    .and_then(move |created| match created {
                        Created::New => future::ok(Some(profile)).left_future(),
                        // Somebody was faster, so there is a record now.
                        Created::Conflict => caller.host().find(user).right_future(),
                    })
                    .boxed()
            }
        })
        .boxed()
}
// ANCHOR_END: recover
