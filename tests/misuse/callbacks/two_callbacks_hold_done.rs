//@ error: E0382
use std::time::Duration;

use callbacks::compose::turn;
use callbacks::{Bounce, Done, Next};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next, done: Done) -> Bounce {
    let (timer, late) = (ctx.host().sleep(Duration::ZERO), Context::of(ctx.origin()));
    // right: let done = done.contained(ctx.origin());
    // right: let race = done.domain();
    timer.subscribe(move |_| {
        turn(None, move || done.call(None, Box::new(late))); // wrong
        // right: let first = race.and_then(|race| race.settle());
        // right: let expire = |done: Done| done.call(None, Box::new(late));
        // right: turn(None, move || first.map_or(Bounce::Rest, expire));
    });
    next.run(ctx, done)
}
