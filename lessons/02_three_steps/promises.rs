//! Promises: the steps are links of one chain, and an error skips to the one handler at its end.

use futures::TryFutureExt;
use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

fn handle_error(failure: Failure) {
    log!("failed: {}", failure.fault);
}

/// Fetches a page, writes it, and fetches another.
fn three_steps(url: &'static str, path: &'static str) {
    let steps = request(url)
        .and_then(move |page| write_file(path, &page).map_ok(move |()| log!("{path}: {page}")))
        .and_then(|()| request("http://b"))
        .map_ok(|page| log!("fetched: {page}"))
        .unwrap_or_else(handle_error);
    spawn(steps);
}

pub fn run() {
    three_steps("http://a", "1.txt");
    set_timeout(100, || three_steps("http://down", "2.txt"));
    set_timeout(200, || three_steps("http://a", "full/3.txt"));
}
