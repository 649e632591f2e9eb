//! A generator: it begins when it is yielded. One that nobody yields never begins.

use generators::{Routine, co, go, yield_};

use crate::stage::{log, now, set_timeout, sleep, spawn};

/// A layer with 10 ms inside.
fn layer(name: &'static str, waits: bool, next: Routine<()>) -> Routine<()> {
    go!(co => {
        log!("{name}-1");
        yield_!(co, sleep(10)).ok();
        log!("{name}-2");
        if waits {
            yield_!(co, next);
        } else {
            drop(next);
        }
        log!("{name}-3");
    })
}

pub fn run() {
    for (waits, at) in [(true, 0), (false, 100)] {
        let timed = go!(co => {
            log!("waits: {waits}");
            yield_!(co, layer("1", waits, layer("2", waits, go!(_co => {}))));
            log!("took {} ms", now() - at);
        });
        set_timeout(at, move || spawn(co(timed)));
    }
}
