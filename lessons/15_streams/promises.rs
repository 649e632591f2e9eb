//! Promises: a stream is asked for its next item. `buffered(2)` asks for two before one is written.

use futures::stream::{self, Stream, StreamExt};
use futures::{FutureExt, future};

use super::SAID;
use crate::stage::{log, sleep, spawn};

/// Gives the next message when it is asked.
fn incoming() -> impl Stream<Item = &'static str> {
    stream::iter(SAID).inspect(|text| log!("in: {text}"))
}

/// Writes the replies; two may be under way.
fn write(messages: impl Stream<Item = &'static str>) -> impl Stream<Item = ()> {
    let replies = messages.map(|text| sleep(10).map(move |_| log!("out: {text}")));
    replies.buffered(2)
}

pub fn run() {
    spawn(write(incoming()).for_each(|()| future::ready(())));
}
