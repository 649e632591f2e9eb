//! Callbacks: every step checks its own error, and a check without `return` goes on.

use pipeline::Failure;

use crate::stage::{callback, log, set_timeout};

fn handle_error(failure: Failure) {
    log!("failed: {}", failure.fault);
}

/// Fetches a page, writes it, and fetches another.
fn three_steps(url: &'static str, path: &'static str) {
    callback::request(url, move |page| {
        let page = match page {
            Ok(page) => page,
            Err(failure) => return handle_error(failure),
        };
        callback::write_file(path, &page.clone(), move |written| {
            if let Err(failure) = written {
                handle_error(failure); // no `return` here
            }
            log!("{path}: {page}");
            callback::request("http://b", |page| match page {
                Ok(page) => log!("fetched: {page}"),
                Err(failure) => handle_error(failure),
            });
        });
    });
}

pub fn run() {
    three_steps("http://a", "1.txt");
    set_timeout(100, || three_steps("http://down", "2.txt"));
    set_timeout(200, || three_steps("http://a", "full/3.txt"));
}
