//! Generators: what is yielded is waited for. What is not yielded does not even begin.

use generators::{Routine, ask::future, co, go, yield_};
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

fn save(path: &'static str) -> Routine<Result<(), Failure>> {
    go!(co => {
        let page = yield_!(co, future(request("http://a")))?;
        log!("writes {path}");
        yield_!(co, write_file(path, &page))
    })
}

fn returned(path: &'static str) {
    spawn(co(go!(co => {
        match yield_!(co, save(path)) {
            Ok(()) => log!("saved {path}"),
            Err(failure) => log!("caught: {}", failure.fault),
        }
    })));
}

fn not_returned(path: &'static str) {
    spawn(co(go!(_co => {
        save(path); // no `yield_!`
        log!("saved {path}");
    })));
}

pub fn run() {
    returned("1.txt");
    set_timeout(100, || returned("full/2.txt"));
    set_timeout(200, || not_returned("full/3.txt"));
}
