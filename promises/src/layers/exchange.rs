use ::pipeline::{Context, Lease, LeaseId, rules};
use futures::{FutureExt, TryFutureExt, future};

use crate::compose::{Next, Promise, PromiseExt, attempt, follow};

// ANCHOR: exchange
/// Runs the units once per message: begin, then commit or abort.
pub fn exchange(ctx: Box<Context>, next: Next) -> Promise {
    attempt(ctx, |ctx| rules::exchange::exchange(ctx))
        .and_then(|(ctx, asked)| {
            let begin = ctx.host().begin(asked);
            Promise::operation(begin, |begun| {
                attempt(ctx, |ctx| rules::exchange::open(ctx, begun?))
            })
        })
        .and_then(|(ctx, lease)| match lease {
            None => Promise::resolve(ctx), // a repeat: the stored answer
            Some(lease) => fresh(ctx, lease, next),
        })
}

fn fresh(ctx: Box<Context>, lease: Lease, next: Next) -> Promise {
    let id = lease.id();
    let origin = ctx.origin().clone();
    next.contained(ctx)
        .and_then(move |ctx| commit(ctx, id))
        .then(move |ended| {
            let ending = match &ended {
                Ok(_) => future::ready(Ok(())).left_future(),
                Err(_) => origin.host().abort(id).right_future(),
            };
            ending.map(|ending| {
                if ending.is_ok() {
                    lease.settle();
                }
                ended
            })
        })
        .promise()
}

fn commit(ctx: Box<Context>, lease: LeaseId) -> Promise {
    attempt(ctx, |ctx| rules::exchange::record(ctx)).and_then(move |(ctx, record)| {
        let commit = ctx.host().commit(lease, record);
        Promise::operation(commit, |committed| follow(ctx, |_| Ok(committed?)))
    })
}
// ANCHOR_END: exchange
