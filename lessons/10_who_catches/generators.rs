//! Generators: who yields the inner generator gets its end. One that is not yielded never begins.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use generators::{Routine, ask::future, co, go, yield_};
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn};

fn page(how: &'static str) -> Routine<Result<(), Failure>> {
    go!(handle => {
        log!("{how}: page begins");
        let page = yield_!(handle, future(request("http://down")));
        assert!(how != "panics", "late");
        page.map(drop)
    })
}

fn errors(how: &'static str) -> Routine<()> {
    go!(handle => {
        if how == "not returned" { return drop(page(how)); }
        let chain = AssertUnwindSafe(co(page(how))).catch_unwind();
        match yield_!(handle, future(chain)) {
            Ok(ended) => ended.unwrap_or_else(|failure| log!("{how}: caught {}", failure.fault)),
            Err(_panic) => log!("{how}: caught a panic"),
        }
    })
}

pub fn run() {
    for (at, how) in [(0, "returned"), (20, "not returned"), (40, "panics")] {
        set_timeout(at, move || spawn(co(errors(how)).map(move |()| log!("{how}: reply"))));
    }
}
