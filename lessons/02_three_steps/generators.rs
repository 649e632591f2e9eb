//! Generators: the steps are lines. `?` after a `yield` leaves the generator with the error.

use generators::ask::future;
use generators::{co, go, yield_};
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

fn handle_error(failure: Failure) {
    log!("failed: {}", failure.fault);
}

/// Fetches a page, writes it, and fetches another.
fn three_steps(url: &'static str, path: &'static str) {
    let steps = go!(co => {
        let page = yield_!(co, future(request(url)))?;
        yield_!(co, write_file(path, &page))?;
        log!("{path}: {page}");
        let page = yield_!(co, future(request("http://b")))?;
        log!("fetched: {page}");
        Ok(())
    });
    spawn(co(go!(co => { yield_!(co, steps).unwrap_or_else(handle_error) })));
}

pub fn run() {
    three_steps("http://a", "1.txt");
    set_timeout(100, || three_steps("http://down", "2.txt"));
    set_timeout(200, || three_steps("http://a", "full/3.txt"));
}
