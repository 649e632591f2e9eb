//! Thunks together. A race has a winner, but nobody tells the loser.

use callbacks::thunk::{Thunk, all};

use super::thunks::{race, two_at_a_time};
use crate::stage::{log, set_timeout};

/// Takes its time, and says when it begins and ends.
fn job(name: &'static str, time: u64) -> Thunk<&'static str> {
    Thunk::new(move |fill| {
        log!("  {name} begins");
        set_timeout(time, move || {
            log!("  {name} ends");
            fill.fill(Ok(name));
        });
    })
}

pub fn run() {
    all(vec![job("a", 60), job("b", 10)])
        .call(|names| log!("all: {}", names.unwrap_or_default().join(" ")));
    set_timeout(200, || {
        race(vec![job("c", 60), job("d", 10)])
            .call(|won| log!("first: {}", won.unwrap_or_default()));
    });
    set_timeout(400, || {
        race(vec![job("e", 60), job("timer", 10)])
            .call(|won| log!("in time: {}", won != Ok("timer")));
    });
    set_timeout(600, || {
        let jobs = vec![job("f", 250), job("g", 10), job("h", 10)];
        two_at_a_time(jobs).call(|_| log!("two at a time: over"));
    });
}
