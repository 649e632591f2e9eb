//! A chain: its first link begins when it is made, and the others when somebody polls it.

use futures::FutureExt;
use futures::future::{LocalBoxFuture, ready};

use crate::stage::{log, now, set_timeout, sleep, spawn};

type Promise = LocalBoxFuture<'static, ()>;

/// A layer with 10 ms inside.
fn layer(name: &'static str, waits: bool, next: impl FnOnce() -> Promise + 'static) -> Promise {
    log!("{name}-1");
    let middle = sleep(10).then(move |_| {
        log!("{name}-2");
        let rest = next();
        if waits {
            return rest;
        }
        drop(rest);
        ready(()).boxed_local()
    });
    middle.map(move |()| log!("{name}-3")).boxed_local()
}

pub fn run() {
    for (waits, at) in [(true, 0), (false, 100)] {
        set_timeout(at, move || {
            log!("waits: {waits}");
            let onion = layer("1", waits, move || layer("2", waits, || ready(()).boxed_local()));
            spawn(onion.map(move |()| log!("took {} ms", now() - at)));
        });
    }
}
