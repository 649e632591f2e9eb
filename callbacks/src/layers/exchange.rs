use ::pipeline::{Begun, Context, Error, Failure, Lease, rules};

use crate::compose::{Bounce, Done, Next};

// ANCHOR: exchange
/// Runs the units once per message: begin, then commit or abort.
pub fn exchange(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    match rules::exchange::exchange(&ctx) {
        Err(error) => done.call(Some(error), ctx),
        Ok(asked) => {
            let begin = ctx.host().begin(asked);
            done.wait(begin, |begun, done| opened(begun, ctx, next, done))
        }
    }
}

fn opened(begun: Result<Begun, Failure>, mut ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let begun = begun.map_err(Error::from);
    match begun.and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
        Err(error) => done.call(Some(error), ctx),
        Ok(None) => done.call(None, ctx), // a repeat: the stored answer
        Ok(Some(lease)) => {
            let done = done.after(|error, ctx, done| match error {
                Some(error) => abort(error, lease, ctx, done),
                None => commit(lease, ctx, done),
            });
            let done = done.contained(ctx.origin());
            next.run(ctx, done)
        }
    }
}

fn commit(lease: Lease, ctx: Box<Context>, done: Done) -> Bounce {
    match rules::exchange::record(&ctx) {
        Err(error) => abort(error, lease, ctx, done),
        Ok(record) => {
            let commit = ctx.host().commit(lease.id(), record);
            done.wait(commit, |committed, done| match committed {
                Err(failure) => abort(failure.into(), lease, ctx, done),
                Ok(()) => {
                    lease.settle();
                    done.call(None, ctx)
                }
            })
        }
    }
}

fn abort(error: Error, lease: Lease, ctx: Box<Context>, done: Done) -> Bounce {
    let abort = ctx.host().abort(lease.id());
    done.wait(abort, |aborted, done| {
        if aborted.is_ok() {
            lease.settle();
        }
        done.call(Some(error), ctx)
    })
}
// ANCHOR_END: exchange
