//! What goes wrong with late answers in callbacks.

use std::sync::Arc;

use callbacks::compose::{Bounce, Done, drive, turn};
use callbacks::services::push;
use kit::Style;
use pipeline::Expired;
use pipeline::rules::deadline as rule;

use super::right::but;

pub fn layers_that_are_not_detached() -> Style {
    but("deadline", |ctx, next, done| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rule::LIMIT);
        let done = done.contained(&origin);
        let race = done.domain().expect("it was made just now");
        let told = Arc::clone(&race);
        race.keep(timer.subscribe(move |ended| {
            turn(None, move || {
                if ended.is_err() || told.is_settled() {
                    return Bounce::Rest;
                }
                let done = match rule::expired(&origin) {
                    // Nothing to do: the layers lead to their continuation. But the host drops both
                    // with the request.
                    Expired::Held => None,
                    Expired::Pushed => told.replace(Done::last(|error, ctx| {
                        drive(push(ctx, error.map_or(Ok(()), Err), Arc::default()));
                    })),
                    Expired::Answered => told.settle(),
                };
                let success = Box::new(rule::success(&origin));
                done.map_or(Bounce::Rest, |done| done.call(None, success))
            });
        }));
        next.run(ctx, done)
    })
}
