//! Two futures at the same time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Which of two futures ended first, with what, and the one that has not ended.
pub enum First<A: Future, B: Future> {
    /// The first one.
    One(A::Output, B),
    /// The second one.
    Other(B::Output, A),
}

/// Waits until one of them has ended. If both have, the first one counts.
pub async fn first<A: Future + Unpin, B: Future + Unpin>(one: A, other: B) -> First<A, B> {
    let mut both = Some((one, other));
    poll_fn(|task| {
        let Some((mut one, mut other)) = both.take() else { return Poll::Pending };
        if let Poll::Ready(ended) = Pin::new(&mut one).poll(task) {
            return Poll::Ready(First::One(ended, other));
        }
        if let Poll::Ready(ended) = Pin::new(&mut other).poll(task) {
            return Poll::Ready(First::Other(ended, one));
        }
        both = Some((one, other));
        Poll::Pending
    })
    .await
}

/// Waits until both have ended.
pub async fn join<A: Future + Unpin, B: Future + Unpin>(
    one: A,
    other: B,
) -> (A::Output, B::Output) {
    match first(one, other).await {
        First::One(ended, other) => (ended, other.await),
        First::Other(ended, one) => (one.await, ended),
    }
}
