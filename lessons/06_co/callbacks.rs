//! No driver: each kind of value is waited for in its own way, one level deeper each time.

use callbacks::thunk::{Thunk, all};
use pipeline::Failure;

use crate::stage::{callback, log, request};

fn get(name: &'static str) -> Thunk<String> {
    Thunk::new(move |fill| callback::request(name, |page| fill.fill(page)))
}

fn find(name: &'static str, done: impl FnOnce(Result<String, Failure>) + 'static) {
    log!("begins {name}");
    callback::request(name, done);
}

pub fn run() {
    request("a").subscribe(|page| {
        log!("promise: {}", page.unwrap_or_default());
        get("b").call(|page| {
            log!("thunk: {}", page.unwrap_or_default());
            find("c", |page| {
                log!("nested: {}", page.unwrap_or_default());
                let find = |name| Thunk::new(move |fill| find(name, |page| fill.fill(page)));
                all(vec![find("d"), find("e")]).call(|pages| {
                    log!("list: {}", pages.unwrap_or_default().join(", "));
                    callback::request("http://down", |page| match page {
                        Ok(_) => {}
                        Err(failure) => log!("caught: {}", failure.fault),
                    });
                });
            });
        });
    });
}
