//! The four styles of the study, each with its own pipeline.

use futures::{FutureExt, future};
use kit::Style;
use pipeline::{Operation, Pending};

/// All four, in the order of their history.
#[must_use]
pub fn all() -> Vec<Style> {
    vec![callbacks(), promises(), generators(), async_await()]
}

/// The one that has this name.
#[must_use]
pub fn named(name: &str) -> Option<Style> {
    all().into_iter().find(|style| style.name == name)
}

fn callbacks() -> Style {
    Style::opening(|| of_callbacks("callbacks", callbacks::pipeline()))
}

/// A style of this name that is an onion of callbacks. They start when they are called, so its
/// future calls them when it is first polled.
#[must_use]
pub fn of_callbacks(name: &'static str, onion: callbacks::Onion) -> Style {
    Style::new(name, move |host, request| {
        let onion = onion.clone();
        future::lazy(move |_| {
            let (completer, reply) = Pending::new(Operation::Sleep);
            onion.handle(host, request, move |response| {
                completer.complete(Ok(response));
            });
            reply.then(|reply| match reply {
                Ok(response) => future::ready(response).left_future(),
                // The continuation was dropped. The request hangs, and the kit has to notice it.
                Err(_) => future::pending().right_future(),
            })
        })
        .flatten()
    })
}

fn promises() -> Style {
    Style::opening(|| {
        let onion = promises::pipeline();
        Style::new("promises", move |host, request| onion.handle(host, request))
    })
}

fn generators() -> Style {
    Style::opening(|| {
        let onion = generators::pipeline();
        Style::new("generators", move |host, request| onion.handle(host, request))
    })
}

fn async_await() -> Style {
    Style::opening(|| {
        let onion = crate::async_await::pipeline();
        Style::new("async-await", move |host, request| {
            let onion = onion.clone();
            async move { onion.handle(host, request).await }
        })
    })
}
