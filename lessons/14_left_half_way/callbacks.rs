//! Callbacks: whoever keeps the callback keeps the request. To cancel is to drop the callback.

use pipeline::Subscription;

use super::held::Held;
use crate::stage::{log, set_timeout, sleep};

/// Holds something while it waits.
fn inner(done: impl FnOnce() + Send + 'static) -> Subscription<()> {
    let held = Held("inner");
    sleep(60).subscribe(move |_| {
        log!("inner goes on");
        drop(held);
        done();
    })
}

/// Holds something while the inner function runs.
fn outer() -> Subscription<()> {
    let held = Held("outer");
    inner(move || {
        log!("outer goes on");
        drop(held);
    })
}

pub fn run() {
    let request = outer();
    set_timeout(10, || {
        log!("cancelled");
        request.cancel();
    });
}
