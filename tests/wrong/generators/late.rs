//! What goes wrong with late answers in generators.

use std::sync::Arc;

use generators::ask::future;
use generators::compose::{First, race};
use generators::services::{api, push};
use generators::{Drive, Routine, co, go, yield_};
use kit::Style;
use pipeline::rules::deadline as rule;
use pipeline::{Expired, rules};

use super::right::but;

/// `deadline`; the argument is what happens with the layers that the timer has overtaken.
fn deadline(overtaken: fn(Drive, Expired) -> Routine<()>) -> Style {
    but("deadline", move |ctx, next| {
        go!(co => {
            let origin = Arc::clone(ctx.origin());
            let timer = origin.host().sleep(rule::LIMIT);
            let rest = next.detached(ctx);
            match yield_!(co, future(race(rest, timer))) {
                First::One(ended, _) => ended,
                First::Two(Ok(()), rest) => {
                    let rest = overtaken(rest, rule::expired(&origin));
                    origin.host().spawn(Box::pin(co::co(rest)));
                    (Box::new(rule::success(&origin)), Ok(()))
                }
                First::Two(Err(_), rest) => yield_!(co, future(rest)),
            }
        })
    })
}

pub fn pushed_twice() -> Style {
    deadline(|rest, expired| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, future(rest));
            if expired == Expired::Pushed {
                // A push that is tried again, with a second message.
                let tickets = Arc::default();
                if let Some((push, caller, call)) = rules::push::push(&ctx, &outcome) {
                    push.end(yield_!(co, api(caller, Arc::clone(&tickets), call)));
                }
                yield_!(co, push(ctx, outcome, tickets));
            }
        })
    })
}

pub fn success_under_retry() -> Style {
    deadline(|rest, expired| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, future(rest));
            if expired == Expired::Pushed {
                yield_!(co, push(ctx, outcome, Arc::default()));
            }
        })
    })
}
