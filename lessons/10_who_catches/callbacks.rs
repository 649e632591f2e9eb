//! Callbacks: a failure goes where `done` leads. A panic in a later turn has no caller any more.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pipeline::Failure;

use crate::stage::{callback, log, set_timeout};

fn page(how: &'static str, done: impl FnOnce(Result<(), Failure>) + 'static) {
    log!("{how}: page begins");
    callback::request("http://down", move |page| {
        assert!(how != "panics", "late");
        done(page.map(drop));
    });
}

fn errors(how: &'static str, done: impl FnOnce() + 'static) {
    let caught = move |failure: Failure| log!("{how}: caught {}", failure.fault);
    if how == "not returned" {
        page(how, move |ended| ended.unwrap_or_else(caught));
        return done();
    }
    let ended = catch_unwind(AssertUnwindSafe(|| {
        page(how, move |ended| {
            ended.unwrap_or_else(caught);
            done();
        })
    }));
    ended.unwrap_or_else(|_| log!("{how}: caught a panic"))
}

pub fn run() {
    for (at, how) in [(0, "returned"), (20, "not returned"), (40, "panics")] {
        set_timeout(at, move || errors(how, move || log!("{how}: reply")));
    }
}
