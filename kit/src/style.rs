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
    open: Option<Arc<dyn Fn() -> Self + Send + Sync>>,
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
        let start = Arc::new(move |host, request| start(host, request).boxed());
        Self { name, start, open: None }
    }

    /// A style whose requests share more than the host: `open` makes a pipeline of its own.
    pub fn opening(open: impl Fn() -> Self + Send + Sync + 'static) -> Self {
        let first = open();
        Self { open: Some(Arc::new(open)), ..first }
    }

    /// The style with a pipeline that no request has used yet. A run of the kit is a server that
    /// has just begun, so each run opens its own.
    #[must_use]
    pub fn open(&self) -> Self {
        self.open.as_ref().map_or_else(|| self.clone(), |open| open())
    }

    /// Answers one request.
    pub fn start(&self, host: Arc<dyn Host>, request: Request) -> BoxFuture<'static, Response> {
        (self.start)(host, request)
    }
}
