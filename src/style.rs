//! A style as the kit and the server see it: a name and one function.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, future};
use pipeline::{Host, Operation, Pending, Request, Response};

/// A style, as the kit sees it: a name and one function.
#[derive(Clone)]
pub struct Style {
    /// The style's name.
    pub name: &'static str,
    start: Arc<Start>,
}

type Start = dyn Fn(Arc<dyn Host>, Request) -> BoxFuture<'static, Response> + Send + Sync;

impl Style {
    /// A style that answers a request by a future. Nothing may happen before its first poll.
    /// Dropping it cancels the request; callbacks are held by the host, which has to let go of them
    /// too.
    pub fn new<F>(
        name: &'static str,
        start: impl Fn(Arc<dyn Host>, Request) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        Self { name, start: Arc::new(move |host, request| start(host, request).boxed()) }
    }

    /// Answers one request.
    pub fn start(&self, host: Arc<dyn Host>, request: Request) -> BoxFuture<'static, Response> {
        (self.start)(host, request)
    }

    /// The style of the study that has this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|style| style.name == name)
    }

    /// The four styles of the study, with their own pipelines.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![callbacks(), promises(), generators(), async_await()]
    }
}

/// Callbacks start when they are called; the kit's future calls them when it is first polled.
fn callbacks() -> Style {
    let onion = callbacks::pipeline();
    Style::new("callbacks", move |host, request| {
        let onion = onion.clone();
        future::lazy(move |_| {
            let (completer, reply) = Pending::new(Operation::Sleep);
            onion.handle(host, request, move |response| {
                completer.complete(Ok(response));
            });
            reply.then(|reply| match reply {
                Ok(response) => future::ready(response).left_future(),
                // The continuation was dropped: the request hangs, and the kit has to see it.
                Err(_) => future::pending().right_future(),
            })
        })
        .flatten()
    })
}

fn promises() -> Style {
    let onion = promises::pipeline();
    Style::new("promises", move |host, request| onion.handle(host, request))
}

fn generators() -> Style {
    let onion = generators::pipeline();
    Style::new("generators", move |host, request| onion.handle(host, request))
}

fn async_await() -> Style {
    let onion = crate::async_await::pipeline();
    Style::new("async-await", move |host, request| {
        let onion = onion.clone();
        async move { onion.handle(host, request).await }
    })
}
