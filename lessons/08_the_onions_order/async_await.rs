//! A future: it begins when it is awaited. One that nobody awaits never begins.

use crate::stage::{log, now, set_timeout, sleep, spawn};

/// A layer with 10 ms inside.
async fn layer(name: &'static str, waits: bool, next: impl Future<Output = ()>) {
    log!("{name}-1");
    sleep(10).await.ok();
    log!("{name}-2");
    if waits {
        next.await;
    } else {
        drop(next);
    }
    log!("{name}-3");
}

pub fn run() {
    for (waits, at) in [(true, 0), (false, 100)] {
        let timed = async move {
            log!("waits: {waits}");
            layer("1", waits, layer("2", waits, async {})).await;
            log!("took {} ms", now() - at);
        };
        set_timeout(at, move || spawn(timed));
    }
}
