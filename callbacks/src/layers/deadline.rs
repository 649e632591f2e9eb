use std::sync::Arc;

use ::pipeline::{Context, Failure, Origin, rules};

use crate::compose::{Bounce, Domain, Done, Next, turn};

/// Races the rest against the clock; the loser is the timer, or goes on without the request.
pub fn deadline(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // Both racers hold the domain; the first of them to settle it is heard. There is nothing to
    // spawn: what the rest waits for already belongs to the host.
    let done = done.contained(&origin);
    if let Some(race) = done.domain() {
        let told = Arc::clone(&race);
        // A turn of its own: the rest first comes as far as it gets in this one.
        race.keep(timer.subscribe(move |ended| turn(None, move || expire(ended, &told, &origin))));
    }
    next.run(ctx, done)
}

fn expire(ended: Result<(), Failure>, race: &Domain, origin: &Arc<Origin>) -> Bounce {
    match ended {
        Ok(()) => race.settle().map_or(Bounce::Rest, |done| {
            done.call(None, Box::new(rules::deadline::expired(origin)))
        }),
        // A timer that fails is a deadline that never comes.
        Err(_) => Bounce::Rest,
    }
}
