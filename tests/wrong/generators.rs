//! The wrong styles of generators: the right list with one wrong layer.

mod late;
mod right;
mod services;

pub use late::*;
pub use services::*;

use right::but;

use std::sync::Arc;

use futures::FutureExt;
use generators::ask::{future, thunk};
use generators::co::co;
use generators::compose::{First, race};
use generators::{Drive, Next, Routine, go, yield_};
use kit::Style;
use pipeline::{Context, Error, Failure, Fault, Lease, Outcome, rules};

/// `exchange` up to its turn; the argument runs the units and ends the turn.
fn exchange(fresh: fn(Box<Context>, Lease, Next) -> Routine) -> Style {
    but("exchange", move |mut ctx, next| {
        go!(co => {
            let asked = match rules::exchange::exchange(&ctx) {
                Err(error) => return (ctx, Err(error)),
                Ok(asked) => asked,
            };
            let begun = yield_!(co, ctx.host().begin(asked)).map_err(Error::from);
            match begun.and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
                Err(error) => (ctx, Err(error)),
                Ok(None) => (ctx, Ok(())),
                Ok(Some(lease)) => yield_!(co, fresh(ctx, lease, next)),
            }
        })
    })
}

pub fn answer_thrown_away() -> Style {
    exchange(|ctx, lease, next| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, next.contained(ctx));
            match outcome.and_then(|()| rules::exchange::record(&ctx)) {
                Err(error) => {
                    let _aborted = yield_!(co, ctx.host().abort(lease.id()));
                    (ctx, Err(error))
                }
                Ok(record) => {
                    // It waits, and does not look at what the `yield` returns.
                    let _committed = yield_!(co, ctx.host().commit(lease.id(), record));
                    lease.settle();
                    (ctx, Ok(()))
                }
            }
        })
    })
}

pub fn unyielded_commit() -> Style {
    exchange(|ctx, lease, next| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, next.contained(ctx));
            match outcome.and_then(|()| rules::exchange::record(&ctx)) {
                Err(error) => {
                    let _aborted = yield_!(co, ctx.host().abort(lease.id()));
                    (ctx, Err(error))
                }
                Ok(record) => {
                    let commit = ctx.host().commit(lease.id(), record);
                    ctx.host().spawn(commit.map(move |_| lease.settle()).boxed());
                    (ctx, Ok(()))
                }
            }
        })
    })
}

pub fn returned_before_the_abort() -> Style {
    exchange(|ctx, lease, next| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, next.contained(ctx));
            // No `finally` around the `yield`: the generator is not resumed for its abort.
            if outcome.is_err() {
                return (ctx, outcome);
            }
            let record = match rules::exchange::record(&ctx) {
                Err(error) => return (ctx, Err(error)),
                Ok(record) => record,
            };
            let committed = yield_!(co, ctx.host().commit(lease.id(), record));
            lease.settle();
            (ctx, committed.map_err(Error::from))
        })
    })
}

pub fn commit_beside_abort() -> Style {
    exchange(|ctx, lease, next| {
        go!(co => {
            let (ctx, outcome) = yield_!(co, next.contained(ctx));
            match outcome.and_then(|()| rules::exchange::record(&ctx)) {
                Err(error) => {
                    let _aborted = yield_!(co, ctx.host().abort(lease.id()));
                    (ctx, Err(error))
                }
                Ok(record) => {
                    // The abort was meant for the case that the commit fails.
                    let commit = ctx.host().commit(lease.id(), record);
                    let abort = ctx.host().abort(lease.id());
                    let (committed, _) = yield_!(co, (commit, abort));
                    lease.settle();
                    (ctx, committed.map_err(Error::from))
                }
            }
        })
    })
}

/// Commits, or aborts if anything went wrong.
fn ending(ctx: Box<Context>, lease: Lease, outcome: Outcome) -> Routine {
    go!(co => {
        let failed = match outcome.and_then(|()| rules::exchange::record(&ctx)) {
            Err(error) => error,
            Ok(record) => match yield_!(co, ctx.host().commit(lease.id(), record)) {
                Err(failure) => failure.into(),
                Ok(()) => {
                    lease.settle();
                    return (ctx, Ok(()));
                }
            },
        };
        if yield_!(co, ctx.host().abort(lease.id())).is_ok() {
            lease.settle();
        }
        (ctx, Err(failed))
    })
}

pub fn not_contained() -> Style {
    exchange(|ctx, lease, next| {
        go!(co => {
            // Not `contained`, so a panic pops this generator as well.
            let (ctx, outcome) = yield_!(co, next.run(ctx));
            yield_!(co, ending(ctx, lease, outcome))
        })
    })
}

pub fn envelope_contained() -> Style {
    but("envelope", |mut ctx, next| {
        go!(co => {
            if let Err(error) = rules::envelope::open(&mut ctx) {
                return (ctx, Err(error));
            }
            // Contained where no boundary is, so this generator is resumed after a panic.
            let (mut ctx, outcome) = yield_!(co, next.contained(ctx));
            let outcome = outcome.and_then(|()| rules::envelope::seal(&mut ctx));
            (ctx, outcome)
        })
    })
}

pub fn error_not_thrown_in() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            // The failure becomes a value that looks like an answer.
            let found = yield_!(co, ctx.host().account(&ctx.request().account));
            match rules::account::found(&mut ctx, found.unwrap_or_default()) {
                Err(error) => (ctx, Err(error)),
                Ok(()) => yield_!(co, next.run(ctx)),
            }
        })
    })
}

pub fn foreign_await() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            // Nobody polls this future with a waker: the driver does not know of it.
            let found = ctx.host().account(&ctx.request().account).await.map_err(Error::from);
            match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                Err(error) => (ctx, Err(error)),
                Ok(()) => yield_!(co, next.run(ctx)),
            }
        })
    })
}

pub fn callback_never_called() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            let lookup = ctx.host().account(&ctx.request().account);
            // The callback is called for a value, and for a failure it is not.
            let found = yield_!(co, thunk(|callback| {
                lookup.subscribe(move |found| {
                    if let Ok(found) = found {
                        callback.complete(Ok(found));
                    }
                });
            }));
            let found = found.map_err(Error::from);
            match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                Err(error) => (ctx, Err(error)),
                Ok(()) => yield_!(co, next.run(ctx)),
            }
        })
    })
}

pub fn driver_of_its_own() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            let found = yield_!(co, ctx.host().account(&ctx.request().account));
            let found = found.map_err(Error::from);
            if let Err(error) = found.and_then(|found| rules::account::found(&mut ctx, found)) {
                return (ctx, Err(error));
            }
            // The rest is not a frame of this driver, so nobody drops it with the request.
            let origin = Arc::clone(ctx.origin());
            let rest = next.detached(ctx);
            let back = yield_!(co, thunk(|callback| {
                let rest = rest.map(move |back| {
                    callback.complete(Ok(back));
                });
                origin.host().spawn(rest.boxed());
            }));
            back.unwrap_or_else(|failure| (Box::new(Context::of(&origin)), Err(failure.into())))
        })
    })
}

pub fn generator_not_yielded() -> Style {
    but("envelope", |mut ctx, next| {
        go!(co => {
            if let Err(error) = rules::envelope::open(&mut ctx) {
                return (ctx, Err(error));
            }
            let (mut ctx, outcome) = yield_!(co, next.run(ctx));
            let fresh = Box::new(Context::of(ctx.origin()));
            // A generator that is made and not yielded runs nothing.
            drop::<Routine<Outcome>>(go!(_co => { rules::envelope::seal(&mut ctx) }));
            (fresh, outcome)
        })
    })
}

/// `deadline`; the argument is what happens with the layers that the timer has overtaken.
fn deadline(overtaken: fn(Drive, &Context)) -> Style {
    but("deadline", move |ctx, next| {
        go!(co => {
            let origin = Arc::clone(ctx.origin());
            let timer = origin.host().sleep(rules::deadline::LIMIT);
            let rest = next.detached(ctx);
            match yield_!(co, future(race(rest, timer))) {
                First::One(ended, _) => ended,
                First::Two(Ok(()), rest) => {
                    let expired = Box::new(super::expired(&origin));
                    overtaken(rest, &expired);
                    (expired, Ok(()))
                }
                First::Two(Err(_), rest) => yield_!(co, future(rest)),
            }
        })
    })
}

pub fn loser_of_the_race_dropped() -> Style {
    deadline(|rest, _| drop(rest))
}

pub fn loser_of_the_race_answers() -> Style {
    deadline(|rest, expired| {
        let late = co(go!(co => {
            let (mut ctx, outcome) = yield_!(co, future(rest));
            let response = ctx.response.take();
            drop(ctx.origin().reply(outcome, response));
        }));
        expired.host().spawn(Box::pin(late));
    })
}

pub fn list_instead_of_a_race() -> Style {
    but("deadline", |ctx, next| {
        go!(co => {
            let timer = ctx.host().sleep(rules::deadline::LIMIT);
            // A list is over when all of it is over.
            let (back, _) = yield_!(co, (next.contained(ctx), timer));
            back
        })
    })
}

pub fn timer_yielded_first() -> Style {
    but("deadline", |ctx, next| {
        go!(co => {
            // One `yield` after the other: the layers begin when the time is over.
            let _slept = yield_!(co, ctx.host().sleep(rules::deadline::LIMIT));
            yield_!(co, next.contained(ctx))
        })
    })
}

pub fn timer_wins_a_tie() -> Style {
    but("deadline", |ctx, next| {
        go!(co => {
            let origin = Arc::clone(ctx.origin());
            let timer = origin.host().sleep(rules::deadline::LIMIT);
            match yield_!(co, future(race(timer, next.detached(ctx)))) {
                First::Two(ended, _) => ended,
                First::One(Ok(()), rest) => {
                    origin.host().spawn(Box::pin(rest.map(drop)));
                    (Box::new(super::expired(&origin)), Ok(()))
                }
                First::One(Err(_), rest) => yield_!(co, future(rest)),
            }
        })
    })
}

pub fn downgraded_error() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            let found = yield_!(co, ctx.host().account(&ctx.request().account));
            let found = found.map_err(|Failure { operation, .. }| {
                Error::from(Failure { operation, fault: Fault::Transient })
            });
            match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                Err(error) => (ctx, Err(error)),
                Ok(()) => yield_!(co, next.run(ctx)),
            }
        })
    })
}

pub fn loop_until_it_goes_well() -> Style {
    but("account", |mut ctx, next| {
        go!(co => {
            let found = loop {
                if let Ok(found) = yield_!(co, ctx.host().account(&ctx.request().account)) {
                    break found;
                }
            };
            match rules::account::found(&mut ctx, found) {
                Err(error) => (ctx, Err(error)),
                Ok(()) => yield_!(co, next.run(ctx)),
            }
        })
    })
}

pub fn next_after_an_error() -> Style {
    but("verify", |mut ctx, next| {
        go!(co => {
            let verified = rules::verify::verify(&mut ctx);
            let (ctx, outcome) = yield_!(co, next.run(ctx));
            (ctx, verified.and(outcome))
        })
    })
}

pub fn logged_before_the_yield() -> Style {
    but("log", |ctx, next| {
        go!(co => {
            rules::log::write(&ctx, ctx.host().now(), &Ok(()));
            yield_!(co, next.run(ctx))
        })
    })
}
