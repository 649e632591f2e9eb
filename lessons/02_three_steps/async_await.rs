//! Async/await: the steps are lines. `?` after an `await` leaves the block with the error.

use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

fn handle_error(failure: Failure) {
    log!("failed: {}", failure.fault);
}

/// Fetches a page, writes it, and fetches another.
fn three_steps(url: &'static str, path: &'static str) {
    let steps = async move {
        let page = request(url).await?;
        write_file(path, &page).await?;
        log!("{path}: {page}");
        let page = request("http://b").await?;
        log!("fetched: {page}");
        Ok(())
    };
    spawn(async { steps.await.unwrap_or_else(handle_error) });
}

pub fn run() {
    three_steps("http://a", "1.txt");
    set_timeout(100, || three_steps("http://down", "2.txt"));
    set_timeout(200, || three_steps("http://a", "full/3.txt"));
}
