//! A conversation as a stream: async-stream serves the half of generators that needs no answers.

use std::sync::Arc;

use ::pipeline::{Host, Request, Response};
use async_stream::stream;
use futures_core::Stream;

use crate::compose::Onion;

/// Answers requests one at a time: the next one begins when the reply to the last was taken.
pub fn replies(
    onion: Onion,
    host: Arc<dyn Host>,
    requests: impl IntoIterator<Item = Request, IntoIter: Send> + Send,
) -> impl Stream<Item = Response> + Send {
    let requests = requests.into_iter();
    stream! {
        for request in requests {
            let reply = onion.handle(Arc::clone(&host), request);
            yield yield_!(reply);
        }
    }
}
