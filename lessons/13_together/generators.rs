//! Generators together. A list that is yielded runs in parallel, as in co.

use futures::future::{FutureExt, select};
use futures::stream::{self, StreamExt};
use generators::{Routine, ask::future, co, go, yield_};

use crate::stage::{log, sleep, spawn};

/// Takes its time, and says when it begins and ends.
fn job(name: &'static str, time: u64) -> Routine<&'static str> {
    go!(co => {
        log!("  {name} begins");
        yield_!(co, sleep(time)).ok();
        log!("  {name} ends");
        name
    })
}

pub fn run() {
    spawn(co(go!(driver => {
        let names = yield_!(driver, vec![job("a", 60), job("b", 10)]);
        log!("all: {}", names.join(" "));
        let first = select(co(job("c", 60)), co(job("d", 10)));
        let first = yield_!(driver, future(first.map(|won| won.factor_first().0)));
        log!("first: {first}");
        let first = select(co(job("e", 60)), co(job("timer", 10)));
        let first = yield_!(driver, future(first.map(|won| won.factor_first().0)));
        log!("in time: {}", first != "timer");
        let jobs = stream::iter([("f", 250), ("g", 10), ("h", 10)]);
        let jobs = jobs.map(|(name, time)| co(job(name, time))).buffer_unordered(2);
        yield_!(driver, future(jobs.collect::<Vec<_>>()));
        log!("two at a time: over");
    })));
}
