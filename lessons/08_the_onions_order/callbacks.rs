//! A callback: `next` begins when it is called. Whoever does not wait for it goes on beside it.

use crate::stage::{log, now, set_timeout};

type Done = Box<dyn FnOnce()>;

/// A layer with 10 ms inside.
fn layer(name: &'static str, waits: bool, next: impl FnOnce(Done) + 'static, done: Done) {
    log!("{name}-1");
    set_timeout(10, move || {
        log!("{name}-2");
        let out = move || {
            log!("{name}-3");
            done();
        };
        if waits {
            next(Box::new(out));
        } else {
            next(Box::new(|| ()));
            out();
        }
    });
}

pub fn run() {
    for (waits, at) in [(true, 0), (false, 100)] {
        let next = move |done: Done| layer("2", waits, |done| done(), done);
        let took = move || log!("took {} ms", now() - at);
        set_timeout(at, move || {
            log!("waits: {waits}");
            layer("1", waits, next, Box::new(took));
        });
    }
}
