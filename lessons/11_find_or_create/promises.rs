//! Promises: `or_else` stands for the `catch`, at the place in the chain where it catches no more.

use futures::future::{Either, FutureExt, TryFutureExt, ready};

use super::{Error, Found, create, find, preferences, report};
use crate::stage::{set_timeout, sleep, spawn};

/// A query takes 10 ms.
fn ask(answer: Found) -> impl Future<Output = Found> {
    sleep(10).map(|_| answer)
}

fn find_or_create(name: &'static str) -> impl Future<Output = Found> {
    ask(find(name))
        .or_else(move |error| match error {
            Error::NoSuchUser => Either::Left(ask(create(name))),
            Error::NoAnswer => Either::Right(ready(Err(error))),
        })
        .and_then(|user| ask(preferences(user)))
}

pub fn run() {
    for (at, name) in [(0, "ann"), (50, "bob"), (100, "cyd")] {
        let found = move |found| report(name, &found);
        set_timeout(at, move || spawn(find_or_create(name).map(found)));
    }
}
