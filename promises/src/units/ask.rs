use ::pipeline::{Called, Context, Pending, Verdict, units::ask as rule};
use futures::future::{Either, select};
use futures::{FutureExt, future};

use crate::compose::{Promise, PromiseExt};

/// Asks a provider, and after a head start a second one as well. The first good answer counts.
pub fn ask(ctx: Box<Context>) -> Promise<(Box<Context>, Verdict)> {
    let first = ctx.host().call(rule::first(&ctx));
    let timer = ctx.host().sleep(rule::HEAD_START);
    select(first, timer)
        .then(|ended| match ended {
            Either::Left((answered, timer)) => match rule::words(answered) {
                Some(words) => said(ctx, Some(words)),
                None => {
                    drop(timer);
                    let second = ctx.host().call(rule::second(&ctx));
                    Promise::operation(second, |answered| said(ctx, rule::words(answered)))
                }
            },
            // If the timer fails, there is no head start.
            Either::Right((_, first)) => {
                let second = ctx.host().call(rule::second(&ctx));
                faster(first, second).then(|words| said(ctx, words)).promise()
            }
        })
        .promise()
}

// ANCHOR: race
/// The first good answer. The loser is dropped, and so cancelled.
fn faster(
    first: Pending<Called>,
    second: Pending<Called>,
) -> impl Future<Output = Option<String>> + Send {
    select(first, second).then(|ended| {
        let (Either::Left((answered, other)) | Either::Right((answered, other))) = ended;
        match rule::words(answered) {
            Some(words) => future::ready(Some(words)).left_future(),
            None => other.map(rule::words).right_future(),
        }
    })
}
// ANCHOR_END: race

fn said(ctx: Box<Context>, words: Option<String>) -> Promise<(Box<Context>, Verdict)> {
    let verdict = rule::verdict(&ctx, words);
    Promise::resolve((ctx, verdict))
}
