//! A stream: a promise has one value, a stream has one after the other. A stream is sent in, too.

use futures::StreamExt;
use futures::future::ready;
use futures::stream::{Stream, iter, once};

use crate::stage::{log, spawn};

fn count(n: u32) -> impl Stream<Item = u32> {
    iter(0..3).map(move |step| n + step + 1)
}

fn foo(sent: impl Stream<Item = u32>) -> impl Stream<Item = u32> {
    sent.zip(iter(0..2)).map(|(sent, step)| if step == 0 { 1 } else { sent * sent })
}

pub fn run() {
    let counted = count(0).map(Some).chain(once(ready(None)));
    spawn(counted.for_each(|value| {
        log!("count: {value:?}");
        ready(())
    }));
    let answers = foo(iter([9, 2, 0])).map(Some).chain(once(ready(None)));
    let asked = iter([9, 2, 0]).zip(answers);
    spawn(asked.for_each(|(sent, value)| {
        log!("next({sent}): {value:?}");
        ready(())
    }));
}
