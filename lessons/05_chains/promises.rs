//! Promises: `and_then` waits for the promise that its closure returns. A dropped one is cancelled.

use futures::future::{TryFutureExt, ok};
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

fn save(path: &'static str) -> impl Future<Output = Result<(), Failure>> {
    request("http://a").and_then(move |page| {
        log!("writes {path}");
        write_file(path, &page)
    })
}

fn returned(path: &'static str) {
    let chain = ok(()).and_then(move |()| save(path)).map_ok(move |()| log!("saved {path}"));
    spawn(chain.unwrap_or_else(|failure| log!("caught: {}", failure.fault)));
}

fn not_returned(path: &'static str) {
    let chain = ok(()).map_ok(move |()| drop(save(path))).map_ok(move |()| log!("saved {path}"));
    spawn(chain.unwrap_or_else(|failure: Failure| log!("caught: {}", failure.fault)));
}

pub fn run() {
    returned("1.txt");
    set_timeout(100, || returned("full/2.txt"));
    set_timeout(200, || not_returned("full/3.txt"));
}
