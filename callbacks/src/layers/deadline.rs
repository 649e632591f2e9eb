use std::sync::Arc;

use ::pipeline::{Context, Failure, Origin, Pending, rules};

use crate::compose::{Bounce, Domain, Done, Next, turn};

/// Races the rest against the clock; the loser is the timer, or goes on without the request.
pub fn deadline(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let origin = Arc::clone(ctx.origin());
    let timer = origin.host().sleep(rules::deadline::LIMIT);
    // Both racers hold the domain; the first of them to settle it is heard. There is nothing to
    // spawn: what the rest waits for already belongs to the host.
    let (done, race) = done.contained(&origin);
    let watch = Box::new(move || watch(timer, race, origin));
    Bounce::Fork(Box::new((next.run(ctx, done), Bounce::Step(watch, None))))
}

/// Lets the timer into the race, once the rest has come as far as it gets in this turn.
fn watch(timer: Pending<()>, race: Arc<Domain>, origin: Arc<Origin>) -> Bounce {
    match timer.try_take() {
        Ok(ending) => expire(ending, &race, &origin),
        Err(timer) => {
            let told = Arc::clone(&race);
            race.keep(
                timer.subscribe(move |ending| turn(None, move || expire(ending, &told, &origin))),
            );
            Bounce::Rest
        }
    }
}

fn expire(ending: Result<(), Failure>, race: &Domain, origin: &Arc<Origin>) -> Bounce {
    match ending {
        Ok(()) => race.settle().map_or(Bounce::Rest, |done| {
            done.call(None, Box::new(rules::deadline::expired(origin)))
        }),
        // A timer that fails is a deadline that never comes.
        Err(_) => Bounce::Rest,
    }
}
