//! Futures are as lazy as thunks. In turn: one `await` each. At once: `try_join`.

use futures::future::try_join;
use pipeline::Failure;

use crate::stage::{log, request, spawn};

async fn fetch(name: &'static str) -> Result<String, Failure> {
    log!("begins {name}");
    let page = request(name).await;
    log!("ends {name}");
    page
}

pub fn run() {
    let page = fetch("a");
    log!("made");
    spawn(async {
        let page = page.await; // once: `page` is no future any more
        log!("first: {}", page.is_ok());
        log!("again: {}", page.is_ok());
        let _ = (fetch("b").await, fetch("c").await);
        log!("seq");
        let pages = try_join(fetch("d"), fetch("e")).await;
        log!("all");
        if pages.is_ok() {
            return log!("stopped");
        }
        log!("not reached");
    });
}
