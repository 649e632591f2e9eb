//! Callbacks: two ways lead to the third query, so the code behind the `try` becomes a function.

use super::{Error, Found, create, find, preferences, report};
use crate::stage::set_timeout;

/// A query takes 10 ms.
fn ask(answer: Found, callback: impl FnOnce(Found) + 'static) {
    set_timeout(10, move || callback(answer));
}

fn find_or_create(name: &'static str, done: impl FnOnce(Found) + 'static) {
    let go_on = move |user: Found| match user {
        Ok(user) => ask(preferences(user), done),
        Err(error) => done(Err(error)),
    };
    ask(find(name), move |found| match found {
        Err(Error::NoSuchUser) => ask(create(name), go_on),
        found => go_on(found),
    });
}

pub fn run() {
    for (at, name) in [(0, "ann"), (50, "bob"), (100, "cyd")] {
        set_timeout(at, move || find_or_create(name, move |found| report(name, &found)));
    }
}
