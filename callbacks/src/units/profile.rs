use std::sync::Arc;

use ::pipeline::api::Caller;
use ::pipeline::{Context, Created, Failure, Profile, User, units::profile as rule};

use super::queue::Asked;
use crate::compose::Bounce;
use crate::services::{Tickets, api};

/// Finds the user's record, or creates it from what WeChat knows.
pub fn profile(ctx: Box<Context>, tickets: Arc<Tickets>, asked: Asked) -> Bounce {
    let user = rule::user(&ctx);
    let find = ctx.host().find(user.clone());
    asked.wait(find, |found, asked| match found {
        Ok(None) => create(user, tickets, ctx, asked),
        found => take(found, ctx, asked),
    })
}

fn create(user: User, tickets: Arc<Tickets>, ctx: Box<Context>, asked: Asked) -> Bounce {
    let (caller, info) = (Caller::of(&ctx), rule::info(&user));
    let (done, asked) = asked.apart();
    api(caller, tickets, info, done, |answered, done| match rule::profile(&user, answered) {
        None => take(Ok(None), ctx, asked(done)),
        Some(profile) => {
            let create = ctx.host().create(profile.clone());
            asked(done).wait(create, |created, asked| match created {
                Ok(Created::New) => take(Ok(Some(profile)), ctx, asked),
                // Somebody was faster, so there is a record now.
                Ok(Created::Conflict) => {
                    let find = ctx.host().find(user);
                    asked.wait(find, |found, asked| take(found, ctx, asked))
                }
                Err(failure) => take(Err(failure), ctx, asked),
            })
        }
    })
}

fn take(found: Result<Option<Profile>, Failure>, mut ctx: Box<Context>, asked: Asked) -> Bounce {
    let verdict = rule::take(&mut ctx, found);
    asked.call(None, verdict, ctx)
}
