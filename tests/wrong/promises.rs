//! The wrong styles of promises: the right list with one wrong layer.

mod late;
mod right;
mod services;

pub use late::*;
pub use services::*;

use right::but;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;

use futures::future::{Either, join, poll_fn, select};
use futures::stream::{self, StreamExt};
use futures::{FutureExt, TryFutureExt, future};
use kit::Style;
use pipeline::units::{Exact, Fuzzy, Guess, Owed, Voice, Welcome};
use pipeline::{
    Answer, Context, Error, Failure, Fault, Lease, LeaseId, Rule, rules, units as unit_rules,
};
use promises::compose::{Next, Promise, PromiseExt, Rejection, attempt, follow};
use wechat::Reply;

pub fn eager() -> Style {
    let onion = promises::pipeline();
    Style::new("wrong", move |host, request| {
        let mut reply = onion.handle(host, request).boxed();
        // A promise of JavaScript starts where it is made.
        let begun = reply.as_mut().now_or_never();
        begun.map_or(reply, |response| future::ready(response).boxed())
    })
}

pub fn caught_too_far_in() -> Style {
    but("envelope", |ctx, next| {
        // The `catch` stands before the `then` whose errors it was meant for.
        follow(ctx, rules::envelope::open)
            .or_else(|Rejection { ctx, .. }| future::ok(ctx))
            .promise()
            .and_then(|ctx| next.run(ctx))
            .and_then(|ctx| follow(ctx, rules::envelope::seal))
    })
}

pub fn swallowed_rejection() -> Style {
    but("envelope", |ctx, next| {
        follow(ctx, rules::envelope::open)
            .and_then(|ctx| next.run(ctx))
            // `then` gets both, and this one treats both alike.
            .then(|ended| {
                let ctx = ended.unwrap_or_else(|Rejection { ctx, .. }| ctx);
                follow(ctx, rules::envelope::seal)
            })
            .promise()
    })
}

pub fn context_lost() -> Style {
    but("account", |ctx, next| {
        let lookup = ctx.host().account(&ctx.request().account);
        Promise::operation(lookup, |found| follow(ctx, |ctx| rules::account::found(ctx, found?)))
            // The link returns another object than the one it was given.
            .and_then(|ctx| next.run(Box::new(Context::of(ctx.origin()))))
    })
}

pub fn context_lost_on_error() -> Style {
    but("envelope", |ctx, next| {
        follow(ctx, rules::envelope::open)
            .and_then(|ctx| next.run(ctx))
            .and_then(|ctx| follow(ctx, rules::envelope::seal))
            .map_err(|Rejection { error, ctx }| {
                let ctx = Box::new(Context::of(ctx.origin()));
                Rejection { error, ctx }
            })
            .promise()
    })
}

pub fn first_link_not_caught() -> Style {
    but("recover", |ctx, next| {
        let origin = Arc::clone(ctx.origin());
        let mut rest = Some(next.run(ctx));
        // What is ready at once is not put into the chain that catches.
        let first = poll_fn(move |task| {
            let mut rest = rest.take().expect("polled once");
            Poll::Ready(match rest.poll_unpin(task) {
                Poll::Ready(ended) => Promise::settled(ended),
                Poll::Pending => rest,
            })
        });
        first
            .then(|rest| AssertUnwindSafe(rest).catch_unwind())
            .map(move |caught| {
                caught.unwrap_or_else(|_| {
                    let ctx = Box::new(Context::of(&origin));
                    Err(Rejection { error: Error::Panicked, ctx })
                })
            })
            .or_else(|Rejection { error, mut ctx }| {
                rules::recover::recover(&mut ctx, &error);
                future::ok(ctx)
            })
            .promise()
    })
}

/// `exchange`; the argument runs the units and ends the turn.
fn exchange(fresh: fn(Box<Context>, Lease, Next) -> Promise) -> Style {
    but("exchange", move |ctx, next| {
        attempt(ctx, |ctx| rules::exchange::exchange(ctx))
            .and_then(|(ctx, asked)| {
                let begin = ctx.host().begin(asked);
                Promise::operation(begin, |begun| {
                    attempt(ctx, |ctx| rules::exchange::open(ctx, begun?))
                })
            })
            .and_then(move |(ctx, lease)| match lease {
                None => Promise::resolve(ctx),
                Some(lease) => fresh(ctx, lease, next),
            })
    })
}

fn commit(ctx: Box<Context>, lease: LeaseId) -> Promise {
    attempt(ctx, |ctx| rules::exchange::record(ctx)).and_then(move |(ctx, record)| {
        let commit = ctx.host().commit(lease, record);
        Promise::operation(commit, |committed| follow(ctx, |_| Ok(committed?)))
    })
}

fn abort(rejection: Rejection, lease: LeaseId) -> Promise {
    let abort = rejection.ctx.host().abort(lease);
    abort.map(|_| Err(rejection)).promise()
}

pub fn commit_beside_next() -> Style {
    exchange(|mut ctx, lease, next| {
        let created = ctx.host().now().as_secs();
        ctx.answer = Some(Answer { reply: Reply::Success, created, unit: "-", salt: [0; 16] });
        let record = match rules::exchange::record(&ctx) {
            Ok(record) => record,
            Err(error) => return Promise::reject(error, ctx),
        };
        // `join` where it had to be `and_then`.
        let commit = ctx.host().commit(lease.id(), record);
        join(next.contained(ctx), commit)
            .map(|(ended, _)| {
                lease.settle();
                ended
            })
            .promise()
    })
}

pub fn abort_before_commit() -> Style {
    exchange(|ctx, lease, next| {
        let id = lease.id();
        next.contained(ctx)
            // `.catch(abort).then(commit)`: nobody catches what the last link throws.
            .or_else(move |rejection| abort(rejection, id))
            .and_then(move |ctx| commit(ctx, id))
            .map(|ended| {
                lease.settle();
                ended
            })
            .promise()
    })
}

pub fn turn_ended_in_and_then() -> Style {
    exchange(|ctx, lease, next| {
        let id = lease.id();
        next.contained(ctx)
            .and_then(move |ctx| commit(ctx, id))
            // `then` where it had to be `finally`: an error goes past this link.
            .and_then(|ctx| {
                lease.settle();
                future::ok(ctx)
            })
            .promise()
    })
}

pub fn unreturned_abort() -> Style {
    exchange(|ctx, lease, next| {
        let id = lease.id();
        next.contained(ctx)
            .and_then(move |ctx| commit(ctx, id))
            .map(|ended| {
                if let Err(Rejection { ctx, .. }) = &ended {
                    // A second chain, which is not returned.
                    ctx.host().spawn(ctx.host().abort(lease.id()).map(drop).boxed());
                }
                lease.settle();
                ended
            })
            .promise()
    })
}

pub fn unreturned_commit() -> Style {
    exchange(|ctx, lease, next| {
        next.contained(ctx)
            .and_then(|ctx| match rules::exchange::record(&ctx) {
                Err(error) => abort(Rejection { error, ctx }, lease.id()),
                Ok(record) => {
                    // The chain that commits is one, and the chain that answers is another.
                    let commit = ctx.host().commit(lease.id(), record);
                    ctx.host().spawn(commit.map(move |_| lease.settle()).boxed());
                    Promise::resolve(ctx)
                }
            })
            .promise()
    })
}

/// `deadline`; the argument is what happens with the layers that the timer has overtaken.
fn deadline(overtaken: fn(Promise, &Context)) -> Style {
    but("deadline", move |ctx, next| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let rest = next.contained(ctx).promise();
        select(rest, timer)
            .then(move |first| match first {
                Either::Left((ended, _)) => Promise::settled(ended),
                Either::Right((Ok(()), rest)) => {
                    let expired = super::expired(&origin);
                    overtaken(rest, &expired);
                    Promise::resolve(Box::new(expired))
                }
                Either::Right((Err(_), rest)) => rest,
            })
            .promise()
    })
}

pub fn dropped_loser() -> Style {
    deadline(|rest, _| drop(rest))
}

pub fn loser_that_answers() -> Style {
    deadline(|rest, expired| {
        let late = rest.map(|ended| {
            let (outcome, mut ctx) = match ended {
                Ok(ctx) => (Ok(()), ctx),
                Err(Rejection { error, ctx }) => (Err(error), ctx),
            };
            let response = ctx.response.take();
            drop(ctx.origin().reply(outcome, response));
        });
        expired.host().spawn(late.boxed());
    })
}

pub fn failed_timer_counts() -> Style {
    but("deadline", |ctx, next| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let rest = next.contained(ctx).promise();
        select(rest, timer)
            .then(move |first| match first {
                Either::Left((ended, _)) => Promise::settled(ended),
                // `Promise.race` is settled by the first to end, whichever way it ends.
                Either::Right((ended, rest)) => {
                    origin.host().spawn(rest.map(drop).boxed());
                    let expired = Box::new(super::expired(&origin));
                    follow(expired, |_| Ok(ended?))
                }
            })
            .promise()
    })
}

pub fn timer_asked_first() -> Style {
    but("deadline", |ctx, next| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let rest = next.contained(ctx).promise();
        // The first of the two wins a tie.
        select(timer, rest)
            .then(move |first| match first {
                Either::Right((ended, _)) => Promise::settled(ended),
                Either::Left((Ok(()), rest)) => {
                    origin.host().spawn(rest.map(drop).boxed());
                    Promise::resolve(Box::new(super::expired(&origin)))
                }
                Either::Left((Err(_), rest)) => rest,
            })
            .promise()
    })
}

pub fn downgraded_failure() -> Style {
    but("account", |ctx, next| {
        let lookup = ctx.host().account(&ctx.request().account);
        // `Promise.reject(new Error("try again"))`: the reason is replaced.
        let lookup = lookup
            .map_err(|Failure { operation, .. }| Failure { operation, fault: Fault::Transient });
        lookup
            .then(|found| follow(ctx, |ctx| rules::account::found(ctx, found?)))
            .promise()
            .and_then(|ctx| next.run(ctx))
    })
}

pub fn second_try() -> Style {
    but("account", |ctx, next| {
        let (origin, name) = (Arc::clone(ctx.origin()), ctx.request().account.clone());
        let lookup = origin.host().account(&name);
        lookup
            .or_else(move |_| origin.host().account(&name))
            .then(|found| follow(ctx, |ctx| rules::account::found(ctx, found?)))
            .promise()
            .and_then(|ctx| next.run(ctx))
    })
}

const RULES: [&dyn Rule; 6] = [&Owed, &Voice, &Welcome, &Guess, &Exact, &Fuzzy];

pub fn for_each_of_the_units() -> Style {
    but("units", |mut ctx, _| {
        unit_rules::nobody(&mut ctx);
        // A chain has no `break`, and `fold` does not end early.
        stream::iter(RULES)
            .fold(ctx, |mut ctx, rule| {
                rule.decide(&mut ctx).settle(&mut ctx, rule.name());
                future::ready(ctx)
            })
            .map(Ok)
            .promise()
    })
}
