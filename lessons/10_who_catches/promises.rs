//! Promises: who holds the chain catches. A chain that is dropped has nobody to tell.

use std::panic::AssertUnwindSafe;

use futures::future::{FutureExt, LocalBoxFuture, ready};
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn};

/// The inner layers. They fail in a later turn, or panic there.
fn page(how: &'static str) -> LocalBoxFuture<'static, Result<(), Failure>> {
    log!("{how}: page begins");
    let page = request("http://down").inspect(move |_| assert!(how != "panics", "late"));
    page.map(|page| page.map(drop)).boxed_local()
}

/// The error middleware.
fn errors(how: &'static str) -> LocalBoxFuture<'static, ()> {
    let chain = AssertUnwindSafe(page(how)).catch_unwind().map(move |ended| match ended {
        Ok(ended) => ended.unwrap_or_else(|failure| log!("{how}: caught {}", failure.fault)),
        Err(_panic) => log!("{how}: caught a panic"),
    });
    if how != "not returned" {
        return chain.boxed_local();
    }
    drop(chain);
    ready(()).boxed_local()
}

pub fn run() {
    for (at, how) in [(0, "returned"), (20, "not returned"), (40, "panics")] {
        set_timeout(at, move || spawn(errors(how).map(move |()| log!("{how}: reply"))));
    }
}
