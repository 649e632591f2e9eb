//! Generators: the answer of the `yield` is a `Result`. A `match` says which error makes a user.

use generators::{Routine, co, go, yield_};

use super::{Error, Found, create, find, preferences, report};
use crate::stage::{set_timeout, sleep, spawn};

/// A query takes 10 ms.
fn ask(answer: Found) -> Routine<Found> {
    go!(co => {
        yield_!(co, sleep(10)).ok();
        answer
    })
}

fn find_or_create(name: &'static str) -> Routine<Found> {
    go!(co => {
        let user = match yield_!(co, ask(find(name))) {
            Err(Error::NoSuchUser) => yield_!(co, ask(create(name)))?,
            found => found?,
        };
        yield_!(co, ask(preferences(user)))
    })
}

pub fn run() {
    for (at, name) in [(0, "ann"), (50, "bob"), (100, "cyd")] {
        let reported = go!(co => { report(name, &yield_!(co, find_or_create(name))) });
        set_timeout(at, move || spawn(co(reported)));
    }
}
