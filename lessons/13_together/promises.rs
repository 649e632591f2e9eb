//! Promises together. The loser of a race is dropped: what it would do next never happens.

use futures::future::{FutureExt, join_all, select};
use futures::stream::{self, StreamExt};

use crate::stage::{log, set_timeout, sleep, spawn};

/// Takes its time, and says when it begins and ends.
fn job(name: &'static str, time: u64) -> impl Future<Output = &'static str> + Unpin {
    log!("  {name} begins");
    sleep(time).map(move |_| {
        log!("  {name} ends");
        name
    })
}

pub fn run() {
    spawn(join_all([job("a", 60), job("b", 10)]).map(|names| log!("all: {}", names.join(" "))));
    set_timeout(200, || {
        let first = select(job("c", 60), job("d", 10)).map(|won| won.factor_first().0);
        spawn(first.map(|name| log!("first: {name}")));
    });
    set_timeout(400, || {
        let first = select(job("e", 60), job("timer", 10)).map(|won| won.factor_first().0);
        spawn(first.map(|name| log!("in time: {}", name != "timer")));
    });
    set_timeout(600, || {
        let jobs = stream::iter([("f", 250), ("g", 10), ("h", 10)]);
        let jobs = jobs.map(|(name, time)| job(name, time)).buffer_unordered(2);
        spawn(jobs.collect::<Vec<_>>().map(|_| log!("two at a time: over")));
    });
}
