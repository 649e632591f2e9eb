use std::sync::{Arc, mpsc};

use ::pipeline::{Context, Error, Expired, Failure, Origin, rules::deadline as rule};

use crate::compose::{Bounce, Domain, Done, Next, drive, turn};
use crate::services::{Tickets, push};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request, and what becomes of their
/// answer is decided by the account.
pub fn deadline(ctx: Box<Context>, next: Next, done: Done, tickets: Arc<Tickets>) -> Bounce {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rule::LIMIT);
    // Both hold the domain, and the first of them to settle it wins. There is nothing to spawn,
    // because the host already holds everything that the layers wait for.
    let done = done.contained(&origin);
    if let Some(race) = done.domain() {
        let told = Arc::clone(&race);
        // In a turn of its own, so that the layers first run as far as they can in this turn.
        race.keep(timer.subscribe(move |ended| {
            turn(None, move || expire(ended, &told, &origin, tickets));
        }));
    }
    next.run(ctx, done)
}

fn expire(
    ended: Result<(), Failure>,
    race: &Domain,
    origin: &Arc<Origin>,
    tickets: Arc<Tickets>,
) -> Bounce {
    // If the timer fails, there is no deadline; and in a tie the layers are heard.
    if ended.is_err() || race.is_settled() {
        return Bounce::Rest;
    }
    let success = Box::new(rule::success(origin));
    let done = match rule::expired(origin) {
        Expired::Held => return held(race, origin),
        Expired::Pushed => race.replace(Done::last(|error, ctx| {
            drive(push(ctx, error.map_or(Ok(()), Err), tickets));
        })),
        Expired::Answered => race.settle(),
    };
    done.map_or(Bounce::Rest, |done| done.call(None, success))
}

/// Waits for the layers further in, which go on if the request is cancelled: the host drops this
/// continuation then, and they have another one.
fn held(race: &Domain, origin: &Arc<Origin>) -> Bounce {
    let (tell, told) = origin.host().detach();
    let (end, ended) = mpsc::channel();
    let origin = Arc::clone(origin);
    let done = race.replace(Done::last(move |error, ctx| {
        // Nobody hears it after the request was cancelled.
        drop(end.send((error, ctx)));
        tell();
    }));
    let Some(done) = done else { return Bounce::Rest };
    done.wait(told, move |_, done| {
        let given_up = |_| (Some(Error::Panicked), Box::new(Context::of(&origin)));
        let (error, ctx) = ended.try_recv().unwrap_or_else(given_up);
        done.call(error, ctx)
    })
}
// ANCHOR_END: deadline
