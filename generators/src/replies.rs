//! A conversation as a stream. `async-stream` is enough here, because this generator needs no
//! answers.

use std::sync::Arc;

use ::pipeline::{Host, Request, Response};
use async_stream::stream;
use futures_core::Stream;

use crate::compose::Onion;

/// Answers requests one at a time. The next request begins when the last reply was taken.
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
