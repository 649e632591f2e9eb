//! The other three styles with an `exchange` that does not wait for its commit: docs/story.md says
//! that the kit rejects this in each style. What async-await does is in `styles`.

use futures::{FutureExt, future};
use generators::{go, yield_};
use kit::Style;
use kit::clauses::LAYERS;
use pipeline::{Context, Error, Failure, Lease, Operation, Outcome, Pending, rules};

fn commit(ctx: &Context, lease: &Lease) -> Result<Pending<()>, Error> {
    let record = rules::exchange::record(ctx)?;
    Ok(ctx.host().commit(lease.id(), record))
}

fn place() -> usize {
    LAYERS.iter().position(|layer| *layer == "exchange").expect("a layer")
}

pub fn callbacks() -> Style {
    use callbacks::compose::{Bounce, Done, Next};
    use callbacks::pipeline::{layers, units};
    use callbacks::{Layer, compose};

    fn exchange(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
        match rules::exchange::exchange(&ctx) {
            Err(error) => done.call(Some(error), ctx),
            Ok(asked) => {
                let begin = ctx.host().begin(asked);
                done.wait(begin, |begun, done| opened(begun, ctx, next, done))
            }
        }
    }

    fn opened(
        begun: Result<pipeline::Begun, Failure>,
        mut ctx: Box<Context>,
        next: Next,
        done: Done,
    ) -> Bounce {
        match begun.map_err(Error::from).and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
            Err(error) => done.call(Some(error), ctx),
            Ok(None) => done.call(None, ctx),
            Ok(Some(lease)) => {
                let done = done.after(|error, ctx, done| {
                    let error = error.or_else(|| {
                        let commit = commit(&ctx, &lease).map(|commit| {
                            commit.subscribe(|_| lease.settle());
                        });
                        commit.err()
                    });
                    done.call(error, ctx)
                });
                next.run(ctx, done)
            }
        }
    }

    let mut layers = layers(units());
    layers[place()] = Layer::new("exchange", exchange);
    let onion = compose(layers);
    Style::new("callbacks", move |host, request| {
        let onion = onion.clone();
        future::lazy(move |_| {
            let (completer, reply) = Pending::new(Operation::Sleep);
            onion.handle(host, request, move |response| {
                completer.complete(Ok(response));
            });
            reply.map(|reply| reply.expect("the style answers"))
        })
        .flatten()
    })
}

pub fn promises() -> Style {
    use promises::compose::{Next, Promise, attempt};
    use promises::pipeline::{layers, units};
    use promises::{Layer, compose};

    fn exchange(ctx: Box<Context>, next: Next) -> Promise {
        attempt(ctx, |ctx| rules::exchange::exchange(ctx))
            .and_then(|(ctx, asked)| {
                let begin = ctx.host().begin(asked);
                Promise::operation(begin, |begun| {
                    attempt(ctx, |ctx| rules::exchange::open(ctx, begun?))
                })
            })
            .and_then(|(ctx, lease)| match lease {
                None => Promise::resolve(ctx),
                Some(lease) => next.run(ctx).and_then(|ctx| started(ctx, lease)),
            })
    }

    // The chain that commits is one, and the chain that answers is another.
    fn started(ctx: Box<Context>, lease: Lease) -> Promise {
        match commit(&ctx, &lease) {
            Ok(commit) => {
                ctx.host().spawn(commit.map(move |_| lease.settle()).boxed());
                Promise::resolve(ctx)
            }
            Err(error) => Promise::reject(error, ctx),
        }
    }

    let mut layers = layers(units());
    layers[place()] = Layer::new("exchange", exchange);
    let onion = compose(layers);
    Style::new("promises", move |host, request| onion.handle(host, request))
}

pub fn generators() -> Style {
    use generators::pipeline::{layers, units};
    use generators::{Layer, Next, Routine, compose};

    fn exchange(mut ctx: Box<Context>, next: Next) -> Routine {
        go!(co => {
            let asked = match rules::exchange::exchange(&ctx) {
                Err(error) => return (ctx, Err(error)),
                Ok(asked) => asked,
            };
            let begun = yield_!(co, ctx.host().begin(asked)).map_err(Error::from);
            let lease = match begun.and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
                Err(error) => return (ctx, Err(error)),
                Ok(None) => return (ctx, Ok(())),
                Ok(Some(lease)) => lease,
            };
            let (ctx, outcome) = yield_!(co, next.run(ctx));
            let outcome: Outcome = outcome.and_then(|()| {
                let commit = commit(&ctx, &lease)?;
                ctx.host().spawn(commit.map(move |_| lease.settle()).boxed());
                Ok(())
            });
            (ctx, outcome)
        })
    }

    let mut layers = layers(units());
    layers[place()] = Layer::new("exchange", exchange);
    let onion = compose(layers);
    Style::new("generators", move |host, request| onion.handle(host, request))
}
