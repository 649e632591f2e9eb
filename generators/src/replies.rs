//! A conversation as a stream. `async-stream` is enough here, because this generator needs no
//! answers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

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

/// The next item of a stream, with the stream; made by [`next`].
#[must_use = "what is not polled does nothing"]
pub struct Item<S>(Option<S>);

/// Takes one item of a stream. The stream is handed back with it, because what a generator yields
/// cannot be borrowed.
pub fn next<S: Stream + Unpin>(stream: S) -> Item<S> {
    Item(Some(stream))
}

impl<S: Stream + Unpin> Future for Item<S> {
    type Output = (Option<S::Item>, S);

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        let Some(mut stream) = self.0.take() else {
            panic!("an item was polled after it was ready")
        };
        match Pin::new(&mut stream).poll_next(task) {
            Poll::Ready(item) => Poll::Ready((item, stream)),
            Poll::Pending => {
                self.0 = Some(stream);
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Waker;

    use ::pipeline::{Operation, Pending};

    use super::*;

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Task::from_waker(Waker::noop()))
    }

    #[test]
    fn an_item_comes_with_the_rest_of_its_stream_and_the_last_one_is_none() {
        let mut stream = Box::pin(stream! {
            yield 1;
            yield 2;
        });
        for expected in [Some(1), Some(2), None] {
            let Poll::Ready((item, rest)) = poll(pin!(next(stream))) else { panic!("an item") };
            assert_eq!(item, expected);
            stream = rest;
        }
    }

    #[test]
    fn an_item_that_is_not_there_yet_is_waited_for() {
        let (end, waits) = Pending::new(Operation::Call);
        let mut item = pin!(next(Box::pin(stream! { yield yield_!(waits) })));
        assert!(poll(item.as_mut()).is_pending());
        assert!(end.complete(Ok(7)));
        let Poll::Ready((item, _)) = poll(item) else { panic!("an item") };
        assert_eq!(item, Some(Ok(7)));
    }
}
