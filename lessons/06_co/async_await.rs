//! Async/await: `await` is the `yield`, and the driver is the executor, which knows only futures.

use futures::future::try_join;
use pipeline::{Failure, Operation, Pending};

use crate::stage::{callback, log, request, spawn};

fn get(name: &'static str) -> Pending<String> {
    let (completer, future) = Pending::new(Operation::Sleep);
    callback::request(name, |page| {
        completer.complete(page);
    });
    future
}

async fn find(name: &'static str) -> Result<String, Failure> {
    log!("begins {name}");
    request(name).await
}

pub fn run() {
    let main = async {
        log!("promise: {}", request("a").await?);
        log!("thunk: {}", get("b").await?);
        log!("nested: {}", find("c").await?);
        let (d, e) = try_join(find("d"), find("e")).await?;
        log!("list: {d}, {e}");
        request("http://down").await
    };
    spawn(async {
        main.await.map_or_else(|failure: Failure| log!("caught: {}", failure.fault), drop)
    });
}
