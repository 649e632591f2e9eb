//! Async/await: what is awaited is waited for. What is not awaited does not even begin.

use pipeline::Failure;

use crate::stage::{log, request, set_timeout, spawn, write_file};

async fn save(path: &'static str) -> Result<(), Failure> {
    let page = request("http://a").await?;
    log!("writes {path}");
    write_file(path, &page).await
}

fn returned(path: &'static str) {
    spawn(async move {
        match save(path).await {
            Ok(()) => log!("saved {path}"),
            Err(failure) => log!("caught: {}", failure.fault),
        }
    });
}

fn not_returned(path: &'static str) {
    spawn(async move {
        drop(save(path));
        log!("saved {path}");
    });
}

pub fn run() {
    returned("1.txt");
    set_timeout(100, || returned("full/2.txt"));
    set_timeout(200, || not_returned("full/3.txt"));
}
