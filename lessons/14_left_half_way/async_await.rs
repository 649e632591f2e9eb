//! Async functions: dropping the future ends it at its `await`, and its locals are dropped.

use futures::FutureExt;
use futures::future::abortable;

use super::held::Held;
use crate::stage::{log, set_timeout, sleep, spawn};

/// Holds something while it waits.
async fn inner() {
    let _held = Held("inner");
    sleep(60).await.ok();
    log!("inner goes on");
}

/// Holds something while the inner function runs.
async fn outer() {
    let _held = Held("outer");
    inner().await;
    log!("outer goes on");
}

pub fn run() {
    let (request, controller) = abortable(outer());
    spawn(request.map(drop));
    set_timeout(10, move || {
        log!("cancelled");
        controller.abort();
    });
}
