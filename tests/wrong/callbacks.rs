//! The wrong styles of callbacks: the right list with one wrong layer.

mod late;
mod right;
mod services;

pub use late::*;
pub use services::*;

use right::but;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use callbacks::compose::{Bounce, Domain, Done, Next, drive, turn};
use kit::Style;
use pipeline::{Begun, Context, Error, Failure, Lease, Origin, Outcome, Pending, Record, rules};

fn outcome(error: Option<Error>) -> Outcome {
    error.map_or(Ok(()), Err)
}

pub fn dropped_continuation() -> Style {
    but("account", |mut ctx, next, done| {
        let lookup = ctx.host().account(&ctx.request().account);
        done.wait(lookup, |found, done| match found {
            Ok(found) => match rules::account::found(&mut ctx, found) {
                Err(error) => done.call(Some(error), ctx),
                Ok(()) => next.run(ctx, done),
            },
            // Here the failure ought to be passed on.
            Err(_) => Bounce::Rest,
        })
    })
}

pub fn error_and_next() -> Style {
    but("verify", |mut ctx, next, done| {
        if let Err(error) = rules::verify::verify(&mut ctx)
            && let Some(outer) = done.domain().and_then(|domain| domain.settle())
        {
            // `next(error)` without `return`.
            drive(outer.call(Some(error), Box::new(Context::of(ctx.origin()))));
        }
        next.run(ctx, done)
    })
}

pub fn error_not_looked_at() -> Style {
    but("envelope", |mut ctx, next, done| {
        if let Err(error) = rules::envelope::open(&mut ctx) {
            return done.call(Some(error), ctx);
        }
        let done = done.after(|_error, mut ctx, done| {
            let sealed = rules::envelope::seal(&mut ctx);
            done.call(sealed.err(), ctx)
        });
        next.run(ctx, done)
    })
}

pub fn logged_on_the_way_in() -> Style {
    but("log", |ctx, next, done| {
        // Not in a continuation, so it does not come afterwards.
        rules::log::write(&ctx, ctx.host().now(), &Ok(()));
        next.run(ctx, done)
    })
}

fn recovered(error: Option<Error>, mut ctx: Box<Context>, done: Done) -> Bounce {
    if let Some(error) = error {
        rules::recover::recover(&mut ctx, &error);
    }
    done.call(None, ctx)
}

pub fn boundary_inside_domain() -> Style {
    but("recover", |ctx, next, done| {
        // A panic goes to the continuation that was there when the domain was made.
        let done = done.contained(ctx.origin()).after(recovered);
        next.run(ctx, done)
    })
}

pub fn boundary_without_a_domain() -> Style {
    but("recover", |ctx, next, done| next.run(ctx, done.after(recovered)))
}

/// `exchange`; the arguments put the ending in place, commit, and abort.
fn exchange(
    around: fn(Done, Lease, &Arc<Origin>) -> Done,
) -> impl Fn(Box<Context>, Next, Done) -> Bounce + Send + Sync + 'static {
    move |ctx, next, done| match rules::exchange::exchange(&ctx) {
        Err(error) => done.call(Some(error), ctx),
        Ok(asked) => {
            let begin = ctx.host().begin(asked);
            done.wait(begin, move |begun, done| opened(begun, ctx, next, done, around))
        }
    }
}

fn opened(
    begun: Result<Begun, Failure>,
    mut ctx: Box<Context>,
    next: Next,
    done: Done,
    around: fn(Done, Lease, &Arc<Origin>) -> Done,
) -> Bounce {
    match begun.map_err(Error::from).and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
        Err(error) => done.call(Some(error), ctx),
        Ok(None) => done.call(None, ctx),
        Ok(Some(lease)) => {
            let done = around(done, lease, ctx.origin());
            next.run(ctx, done)
        }
    }
}

fn ending(error: Option<Error>, lease: Lease, ctx: Box<Context>, done: Done) -> Bounce {
    match error.map_or_else(|| rules::exchange::record(&ctx), Err) {
        Err(error) => abort(error, lease, ctx, done),
        Ok(record) => commit(record, lease, ctx, done),
    }
}

fn commit(record: Record, lease: Lease, ctx: Box<Context>, done: Done) -> Bounce {
    let commit = ctx.host().commit(lease.id(), record);
    done.wait(commit, |committed, done| match committed {
        Err(failure) => abort(failure.into(), lease, ctx, done),
        Ok(()) => {
            lease.settle();
            done.call(None, ctx)
        }
    })
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

pub fn exchange_without_a_domain() -> Style {
    let around = |done: Done, lease, _: &Arc<Origin>| {
        done.after(|error, ctx, done| ending(error, lease, ctx, done))
    };
    but("exchange", exchange(around))
}

pub fn lease_settled_early() -> Style {
    let around = |done: Done, lease: Lease, origin: &Arc<Origin>| {
        let done = done.after(|error, ctx, done| {
            let id = lease.id();
            lease.settle(); // so an abort that fails is not made good
            match error.map_or_else(|| rules::exchange::record(&ctx), Err) {
                Err(error) => {
                    let abort = ctx.host().abort(id);
                    done.wait(abort, |_, done| done.call(Some(error), ctx))
                }
                Ok(record) => {
                    let commit = ctx.host().commit(id, record);
                    done.wait(commit, move |committed, done| match committed {
                        Ok(()) => done.call(None, ctx),
                        Err(failure) => {
                            let abort = ctx.host().abort(id);
                            done.wait(abort, move |_, done| done.call(Some(failure.into()), ctx))
                        }
                    })
                }
            }
        });
        done.contained(origin)
    };
    but("exchange", exchange(around))
}

pub fn released_only_on_success() -> Style {
    let around = |done: Done, lease, origin: &Arc<Origin>| {
        let done = done.after(|error, ctx, done| match error {
            Some(error) => done.call(Some(error), ctx),
            None => ending(None, lease, ctx, done),
        });
        done.contained(origin)
    };
    but("exchange", exchange(around))
}

pub fn called_back_early() -> Style {
    let around = |done: Done, lease: Lease, origin: &Arc<Origin>| {
        let done = done.after(|error, ctx, done| {
            match error.map_or_else(|| rules::exchange::record(&ctx), Err) {
                Err(error) => abort(error, lease, ctx, done),
                Ok(record) => {
                    let commit = ctx.host().commit(lease.id(), record);
                    commit.subscribe(|_| lease.settle());
                    done.call(None, ctx)
                }
            }
        });
        done.contained(origin)
    };
    but("exchange", exchange(around))
}

pub fn unheard_commit() -> Style {
    let around = |done: Done, lease: Lease, origin: &Arc<Origin>| {
        let done = done.after(|error, ctx, done| {
            match error.map_or_else(|| rules::exchange::record(&ctx), Err) {
                Err(error) => abort(error, lease, ctx, done),
                Ok(record) => {
                    let commit = ctx.host().commit(lease.id(), record);
                    // The callback's first argument, the error, has no name.
                    done.wait(commit, |_, done| {
                        lease.settle();
                        done.call(None, ctx)
                    })
                }
            }
        });
        done.contained(origin)
    };
    but("exchange", exchange(around))
}

pub fn turn_without_a_domain() -> Style {
    but("account", |mut ctx, next, done| {
        // `setImmediate`: a panic in a turn of its own has no caller.
        turn(None, move || {
            let lookup = ctx.host().account(&ctx.request().account);
            done.wait(lookup, |found, done| {
                let found = found.map_err(Error::from);
                match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                    Err(error) => done.call(Some(error), ctx),
                    Ok(()) => next.run(ctx, done),
                }
            })
        });
        Bounce::Rest
    })
}

/// What a waiting callback needs when it goes on.
type Kept = Arc<Mutex<Option<(Next, Done)>>>;

pub fn continuation_in_a_cycle() -> Style {
    but("account", |mut ctx, next, done| {
        let lookup = ctx.host().account(&ctx.request().account);
        let kept = Kept::default();
        let own = Arc::clone(&kept);
        let done = done.after(move |error, ctx, done| {
            drop(own); // the continuation holds the place in which it is kept
            done.call(error, ctx)
        });
        *kept.lock().expect("not poisoned") = Some((next, done));
        lookup.subscribe(move |found| {
            let taken = kept.lock().expect("not poisoned").take();
            let Some((next, done)) = taken else { return };
            turn(done.domain(), move || {
                let found = found.map_err(Error::from);
                match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                    Err(error) => done.call(Some(error), ctx),
                    Ok(()) => next.run(ctx, done),
                }
            });
        });
        Bounce::Rest
    })
}

fn expire(ended: Result<(), Failure>, race: &Domain, origin: &Arc<Origin>) -> Bounce {
    match ended {
        Ok(()) => race
            .settle()
            .map_or(Bounce::Rest, |done| done.call(None, Box::new(super::expired(origin)))),
        Err(_) => Bounce::Rest,
    }
}

pub fn two_answers() -> Style {
    but("deadline", |ctx, next, done| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let expired = Arc::new(AtomicBool::new(false));
        let (is_expired, late) = (Arc::clone(&expired), Arc::clone(&origin));
        let done = done.contained(&origin);
        let race = done.domain().expect("it was made just now");
        let told = Arc::clone(&race);
        race.keep(timer.subscribe(move |ended| {
            expired.store(ended.is_ok(), Ordering::Relaxed);
            turn(None, move || expire(ended, &told, &origin));
        }));
        let done = done.after(move |error, mut ctx, done| {
            if is_expired.load(Ordering::Relaxed) {
                // Both `resolve` once: nobody asks whether the other has.
                drop(late.reply(outcome(error.clone()), ctx.response.take()));
            }
            done.call(error, ctx)
        });
        next.run(ctx, done)
    })
}

pub fn timer_left_armed() -> Style {
    but("deadline", |ctx, next, done| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let done = done.contained(&origin);
        let race = done.domain().expect("it was made just now");
        // `setTimeout` without `clearTimeout`.
        timer.subscribe(move |ended| turn(None, move || expire(ended, &race, &origin)));
        next.run(ctx, done)
    })
}

pub fn timer_before_the_layers() -> Style {
    but("deadline", |ctx, next, done| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let done = done.contained(&origin);
        let race = done.domain().expect("it was made just now");
        let told = Arc::clone(&race);
        // In the turn that is running, and the layers in a turn after it.
        race.keep(timer.subscribe(move |ended| turn(None, move || expire(ended, &told, &origin))));
        drive(next.run(ctx, done));
        Bounce::Rest
    })
}

pub fn tried_again() -> Style {
    but("account", |mut ctx, next, done| {
        let lookup = ctx.host().account(&ctx.request().account);
        done.wait(lookup, |found, done| {
            let again = match found {
                Ok(found) => Pending::ready(found),
                Err(_) => ctx.host().account(&ctx.request().account),
            };
            done.wait(again, |found, done| {
                let found = found.map_err(Error::from);
                match found.and_then(|found| rules::account::found(&mut ctx, found)) {
                    Err(error) => done.call(Some(error), ctx),
                    Ok(()) => next.run(ctx, done),
                }
            })
        })
    })
}
