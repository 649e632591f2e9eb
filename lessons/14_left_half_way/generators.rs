//! Generators: the driver holds them all, and drops the innermost first.

use futures::FutureExt;
use futures::future::abortable;
use generators::{Routine, co, go, yield_};

use super::held::Held;
use crate::stage::{log, set_timeout, sleep, spawn};

/// Holds something while it waits.
fn inner() -> Routine<()> {
    go!(co => {
        let _held = Held("inner");
        yield_!(co, sleep(60)).ok();
        log!("inner goes on");
    })
}

/// Holds something while the inner function runs.
fn outer() -> Routine<()> {
    go!(co => {
        let _held = Held("outer");
        yield_!(co, inner());
        log!("outer goes on");
    })
}

pub fn run() {
    let (request, controller) = abortable(co(outer()));
    spawn(request.map(drop));
    set_timeout(10, move || {
        log!("cancelled");
        controller.abort();
    });
}
