//! Promises: what is not one is made one first. Then one chain waits for all of them.

use futures::future::{FutureExt, TryFutureExt, lazy, try_join};
use pipeline::{Failure, Operation, Pending};

use crate::stage::{callback, log, request, spawn};

fn get(name: &'static str) -> Pending<String> {
    let (completer, promise) = Pending::new(Operation::Sleep);
    callback::request(name, |page| {
        completer.complete(page);
    });
    promise
}

fn find(name: &'static str) -> impl Future<Output = Result<String, Failure>> {
    lazy(move |_| log!("begins {name}")).then(move |()| request(name))
}

pub fn run() {
    let chain = request("a")
        .inspect_ok(|page| log!("promise: {page}"))
        .and_then(|_| get("b"))
        .inspect_ok(|page| log!("thunk: {page}"))
        .and_then(|_| find("c"))
        .inspect_ok(|page| log!("nested: {page}"))
        .and_then(|_| try_join(find("d"), find("e")))
        .inspect_ok(|(d, e)| log!("list: {d}, {e}"))
        .and_then(|_| request("http://down"));
    spawn(chain.map_ok_or_else(|failure| log!("caught: {}", failure.fault), drop));
}
