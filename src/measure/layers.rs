//! Onions of layers that do nothing. They show what a layer costs.

use std::sync::Arc;

use futures::FutureExt;
use pipeline::{Context, Operation, Outcome, Response};

use super::Entry;
use crate::async_await;
use crate::straight::ready::ready;

/// The straight line and the four styles, with `depth` empty layers around a layer that answers. An
/// empty layer runs the next one and does nothing else.
#[must_use]
pub fn empty(depth: usize) -> Vec<Entry> {
    use async_await::compose as plain;
    use callbacks::compose as node;
    use generators::{compose as koa, go, yield_};
    use promises::compose as chain;

    let callback = || node::Layer::new("empty", |ctx, next, done| next.run(ctx, done));
    let promise = || chain::Layer::new("empty", |ctx, next| next.run(ctx));
    let generator =
        || koa::Layer::new("empty", |ctx, next| go!(co => { yield_!(co, next.run(ctx)) }));
    let plain_layer = || plain::Layer::new("empty", handed_on);
    vec![
        called(depth, |ctx, _| {
            answer(ctx);
            Ok(())
        }),
        Entry::callbacks(node::compose(around(
            depth,
            callback,
            node::Layer::new("null", |mut ctx, _, done| {
                answer(&mut ctx);
                done.call(None, ctx)
            }),
        ))),
        Entry::promises(chain::compose(around(
            depth,
            promise,
            chain::Layer::new("null", |mut ctx, _| {
                answer(&mut ctx);
                chain::Promise::resolve(ctx)
            }),
        ))),
        Entry::generators(koa::compose(around(
            depth,
            generator,
            koa::Layer::new("null", |mut ctx, _| {
                go!(_co => {
                    answer(&mut ctx);
                    (ctx, Ok(()))
                })
            }),
        ))),
        Entry::async_await(plain::compose(around(
            depth,
            plain_layer,
            plain::Layer::new("null", null),
        ))),
    ]
}

/// The straight line and the four styles with `depth` layers around one that waits for an
/// operation. In a style, each layer has code after `next`, so no layer is skipped on the way out.
#[must_use]
pub fn around_a_wait(depth: usize) -> Vec<Entry> {
    use async_await::compose as plain;
    use callbacks::compose as node;
    use generators::{compose as koa, go, yield_};
    use promises::compose::{self as chain, PromiseExt};

    let callback = || {
        node::Layer::new("both ways", |ctx, next, done| {
            next.run(ctx, done.after(|error, ctx, done| done.call(error, ctx)))
        })
    };
    let promise =
        || chain::Layer::new("both ways", |ctx, next| next.run(ctx).inspect(|_| ()).promise());
    let generator =
        || koa::Layer::new("both ways", |ctx, next| go!(co => { yield_!(co, next.run(ctx)) }));
    let plain_layer = || plain::Layer::new("both ways", handed_on);
    vec![
        called(depth, |ctx, _| {
            let lookup = ctx.host().account(&ctx.request().account);
            ctx.account = ready(Operation::Account, lookup)?;
            answer(ctx);
            Ok(())
        }),
        Entry::callbacks(node::compose(around(
            depth,
            callback,
            node::Layer::new("waits", |mut ctx, _, done| {
                let lookup = ctx.host().account(&ctx.request().account);
                done.wait(lookup, |found, done| {
                    ctx.account = found.ok().flatten();
                    answer(&mut ctx);
                    done.call(None, ctx)
                })
            }),
        ))),
        Entry::promises(chain::compose(around(
            depth,
            promise,
            chain::Layer::new("waits", |mut ctx, _| {
                let lookup = ctx.host().account(&ctx.request().account);
                lookup
                    .map(|found| {
                        ctx.account = found.ok().flatten();
                        answer(&mut ctx);
                        Ok(ctx)
                    })
                    .promise()
            }),
        ))),
        Entry::generators(koa::compose(around(
            depth,
            generator,
            koa::Layer::new("waits", |mut ctx, _| {
                go!(co => {
                    let found = yield_!(co, ctx.host().account(&ctx.request().account));
                    ctx.account = found.ok().flatten();
                    answer(&mut ctx);
                    (ctx, Ok(()))
                })
            }),
        ))),
        Entry::async_await(plain::compose(around(
            depth,
            plain_layer,
            plain::Layer::new("waits", waits),
        ))),
    ]
}

/// A layer of the straight line: a plain function that gets the layers further in. They are in a
/// list, as in the styles, so the compiler cannot merge them into one function.
struct Called(fn(&mut Context, &[Called]) -> Outcome);

fn called(depth: usize, innermost: fn(&mut Context, &[Called]) -> Outcome) -> Entry {
    fn run(ctx: &mut Context, layers: &[Called]) -> Outcome {
        layers.split_first().map_or(Ok(()), |(layer, further_in)| (layer.0)(ctx, further_in))
    }
    let layers = around(depth, || Called(run), Called(innermost));
    Entry::straight_through(move |ctx| run(ctx, &layers))
}

fn around<L>(depth: usize, layer: impl Fn() -> L, innermost: L) -> Vec<L> {
    std::iter::repeat_with(layer).take(depth).chain([innermost]).collect()
}

fn answer(ctx: &mut Context) {
    ctx.response = Some(Response::success());
}

async fn handed_on(ctx: &mut Context, next: async_await::Next<'_>) -> Outcome {
    next.run(ctx).await
}

async fn null(ctx: &mut Context, _next: async_await::Next<'_>) -> Outcome {
    answer(ctx);
    Ok(())
}

async fn waits(ctx: &mut Context, _next: async_await::Next<'_>) -> Outcome {
    let found: Option<Arc<_>> = ctx.host().account(&ctx.request().account).await?;
    ctx.account = found;
    answer(ctx);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation;
    use crate::measure::{World, agree};

    #[test]
    fn every_depth_gets_the_answer_of_the_innermost_layer() {
        let request = [conversation::text("hello").request];
        for depth in [0, 1, 64] {
            let ready = |_: &Entry| World::ready();
            assert_eq!(agree(&empty(depth), ready, &request), Ok(()));
            let waiting = |entry: &Entry| World::ready().staged(entry.can_wait, &[]);
            assert_eq!(agree(&around_a_wait(depth), waiting, &request), Ok(()));
        }
    }
}
