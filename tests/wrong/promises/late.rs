//! What goes wrong with late answers in promises.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{Either, select};
use kit::Style;
use pipeline::rules::deadline as rule;
use pipeline::{Context, Expired, rules};
use promises::compose::{Promise, PromiseExt, Rejection};
use promises::services::{Tickets, api, push};

use super::right::but;

type Ended = Result<Box<Context>, Rejection>;

/// `deadline` that sends late answers in a way of its own, and holds nothing.
fn pushing(pushes: fn(Ended, Arc<Tickets>) -> futures::future::BoxFuture<'static, ()>) -> Style {
    but("deadline", move |ctx, next| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rule::LIMIT);
        let rest = next.contained(ctx).promise();
        select(rest, timer)
            .then(move |first| match first {
                Either::Left((ended, _)) => Promise::settled(ended),
                Either::Right((Ok(()), rest)) => {
                    let rest = match rule::expired(&origin) {
                        Expired::Pushed => {
                            rest.then(move |ended| pushes(ended, Arc::default())).boxed()
                        }
                        Expired::Held | Expired::Answered => rest.map(drop).boxed(),
                    };
                    origin.host().spawn(rest);
                    Promise::resolve(Box::new(rule::success(&origin)))
                }
                Either::Right((Err(_), rest)) => rest,
            })
            .promise()
    })
}

pub fn repeat_that_is_pushed() -> Style {
    pushing(|ended, tickets| {
        let ended = ended.map(|mut ctx| {
            // Whoever made the answer has pushed it.
            ctx.repeat = false;
            ctx
        });
        push(ended, tickets)
    })
}

pub fn failed_push_called_sent() -> Style {
    pushing(|ended, tickets| {
        let Ok(ctx) = ended else { return futures::future::ready(()).boxed() };
        match rules::push::push(&ctx, &Ok(())) {
            None => futures::future::ready(()).boxed(),
            // `.finally`: however it has ended.
            Some((push, caller, call)) => {
                api(caller, tickets, call).map(|_| push.end(Ok(Vec::new()))).boxed()
            }
        }
    })
}
