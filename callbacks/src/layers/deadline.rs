use std::sync::Arc;

use ::pipeline::{Context, Failure, Origin, rules};

use crate::compose::{Bounce, Domain, Done, Next, turn};

// ANCHOR: deadline
/// Runs the layers further in and a timer at the same time, and uses the result of the first to
/// end. If the timer is first, the layers go on without the request.
pub fn deadline(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // Both hold the domain, and the first of them to settle it wins. There is nothing to spawn,
    // because the host already holds everything that the layers wait for.
    let done = done.contained(&origin);
    if let Some(race) = done.domain() {
        let told = Arc::clone(&race);
        // In a turn of its own, so that the layers first run as far as they can in this turn.
        race.keep(timer.subscribe(move |ended| turn(None, move || expire(ended, &told, &origin))));
    }
    next.run(ctx, done)
}

fn expire(ended: Result<(), Failure>, race: &Domain, origin: &Arc<Origin>) -> Bounce {
    match ended {
        Ok(()) => race.settle().map_or(Bounce::Rest, |done| {
            done.call(None, Box::new(rules::deadline::expired(origin)))
        }),
        // If the timer fails, there is no deadline.
        Err(_) => Bounce::Rest,
    }
}
// ANCHOR_END: deadline
