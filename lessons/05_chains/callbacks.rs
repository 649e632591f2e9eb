//! Callbacks: whoever does not wait for the callback goes on, and hears of no error.

use pipeline::Failure;

use crate::stage::{callback, log, set_timeout};

fn save(path: &'static str, done: impl FnOnce(Result<(), Failure>) + 'static) {
    callback::request("http://a", move |page| match page {
        Ok(page) => {
            log!("writes {path}");
            callback::write_file(path, &page, done);
        }
        Err(failure) => done(Err(failure)),
    });
}

fn returned(path: &'static str) {
    save(path, move |saved| match saved {
        Ok(()) => log!("saved {path}"),
        Err(failure) => log!("caught: {}", failure.fault),
    });
}

fn not_returned(path: &'static str) {
    save(path, |_| ());
    log!("saved {path}");
}

pub fn run() {
    returned("1.txt");
    set_timeout(100, || returned("full/2.txt"));
    set_timeout(200, || not_returned("full/3.txt"));
}
