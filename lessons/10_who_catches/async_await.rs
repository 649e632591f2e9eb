//! async/await: who awaits catches. A future that is dropped has nobody to tell.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn};

/// The inner layers. They fail in a later turn, or panic there.
async fn page(how: &'static str) -> Result<(), Failure> {
    log!("{how}: page begins");
    let page = request("http://down").await;
    assert!(how != "panics", "late");
    page.map(drop)
}

/// The error middleware.
async fn errors(how: &'static str) {
    let chain = AssertUnwindSafe(page(how)).catch_unwind();
    if how == "not returned" {
        return drop(chain);
    }
    match chain.await {
        Ok(ended) => ended.unwrap_or_else(|failure| log!("{how}: caught {}", failure.fault)),
        Err(_panic) => log!("{how}: caught a panic"),
    }
}

pub fn run() {
    for (at, how) in [(0, "returned"), (20, "not returned"), (40, "panics")] {
        set_timeout(at, move || spawn(errors(how).map(move |()| log!("{how}: reply"))));
    }
}
