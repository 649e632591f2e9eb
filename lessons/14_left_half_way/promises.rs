//! Promises: to cancel is to drop the chain. It is dropped from its beginning: innermost first.

use futures::FutureExt;
use futures::future::abortable;

use super::held::Held;
use crate::stage::{log, set_timeout, sleep, spawn};

/// Holds something while it waits.
fn inner() -> impl Future<Output = ()> {
    let held = Held("inner");
    sleep(60).map(move |_| {
        log!("inner goes on");
        drop(held);
    })
}

/// Holds something while the inner function runs.
fn outer() -> impl Future<Output = ()> {
    let held = Held("outer");
    inner().map(move |()| {
        log!("outer goes on");
        drop(held);
    })
}

pub fn run() {
    let (request, controller) = abortable(outer());
    spawn(request.map(drop));
    set_timeout(10, move || {
        log!("cancelled");
        controller.abort();
    });
}
