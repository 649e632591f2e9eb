//! Promises have begun when they are made, so a list of them cannot wait for its turn.

use futures::future::{FutureExt, TryFutureExt, err, try_join_all};
use futures::stream::{StreamExt, TryStreamExt, iter};
use pipeline::{Fault, Operation, Pending};

use crate::stage::{callback, failed, log, spawn};

fn fetch(name: &'static str) -> Pending<String> {
    log!("begins {name}");
    let (completer, promise) = Pending::new(Operation::Sleep);
    callback::request(name, move |page| {
        log!("ends {name}");
        completer.complete(page);
    });
    promise
}

pub fn run() {
    let page = fetch("a").shared();
    log!("made");
    spawn(page.clone().map(|first| log!("first: {}", first.is_ok())));
    spawn(page.clone().map(|again| log!("again: {}", again.is_ok())));
    let seq =
        page.and_then(|_| iter([fetch("b"), fetch("c")]).then(|page| page).try_collect::<Vec<_>>());
    let all = seq.inspect(|_| log!("seq")).and_then(|_| try_join_all([fetch("d"), fetch("e")]));
    let stop = all.inspect(|_| log!("all")).and_then(|_| err(failed(Fault::Abandoned)));
    let never = stop.map_ok(|()| log!("not reached"));
    spawn(never.unwrap_or_else(|_| log!("stopped")));
}
