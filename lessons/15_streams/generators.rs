//! Generators: a stream goes on behind its `yield` when somebody asks for the next item.

use async_stream::stream;
use futures::{Stream, StreamExt, future};
use generators::yield_;

use super::SAID;
use crate::stage::{log, sleep, spawn};

/// Gives the next message when it is asked.
fn incoming() -> impl Stream<Item = &'static str> {
    stream! {
        for text in SAID {
            log!("in: {text}");
            yield text;
        }
    }
}

/// Writes the replies, one at a time.
fn write(messages: impl Stream<Item = &'static str>) -> impl Stream<Item = ()> {
    stream! {
        for await text in messages {
            yield_!(sleep(10)).ok();
            log!("out: {text}");
            yield ();
        }
    }
}

pub fn run() {
    spawn(write(incoming()).for_each(|()| future::ready(())));
}
