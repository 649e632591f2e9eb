//! A style as the kit and a server see it: a name and one function.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use pipeline::{Host, Request, Response};

/// A style: its name and its function.
#[derive(Clone)]
pub struct Style {
    /// The style's name.
    pub name: &'static str,
    start: Arc<Start>,
}

type Start = dyn Fn(Arc<dyn Host>, Request) -> BoxFuture<'static, Response> + Send + Sync;

impl Style {
    /// A style that answers a request with a future. Nothing may happen before the first poll.
    /// Dropping the future cancels the request. Because the host holds the callbacks, it must then
    /// drop them too.
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
}
