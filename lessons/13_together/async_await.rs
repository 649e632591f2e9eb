//! Futures together. A future runs as long as somebody holds it and polls it.

use std::pin::pin;

use futures::future::{join, select};
use futures::stream::{self, StreamExt};

use crate::stage::{log, sleep, spawn};

/// Takes its time, and says when it begins and ends.
async fn job(name: &'static str, time: u64) -> &'static str {
    log!("  {name} begins");
    sleep(time).await.ok();
    log!("  {name} ends");
    name
}

pub fn run() {
    spawn(async {
        let (a, b) = join(job("a", 60), job("b", 10)).await;
        log!("all: {a} {b}");
        let first = select(pin!(job("c", 60)), pin!(job("d", 10))).await.factor_first().0;
        log!("first: {first}");
        let first = select(pin!(job("e", 60)), pin!(job("timer", 10))).await.factor_first().0;
        log!("in time: {}", first != "timer");
        let jobs = stream::iter([("f", 250), ("g", 10), ("h", 10)]);
        let jobs = jobs.map(|(name, time)| job(name, time)).buffer_unordered(2);
        jobs.collect::<Vec<_>>().await;
        log!("two at a time: over");
    });
}
