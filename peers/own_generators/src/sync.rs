//! A generator that is one boxed future, and its only allocation.
//!
//! What is asked and answered passes through two cells of the thread. genawaiter instead gives
//! every generator an `Arc` of a mutex. Cells are enough, although a generator may move to another
//! thread between two resumptions: each value is put in and taken out within one resumption. So
//! generators that are resumed inside one another can share the cells, too.

use std::cell::Cell;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread::LocalKey;

/// What passes between a generator and its driver.
pub trait Passed: Sized + 'static {
    /// The cell of this thread through which it passes.
    fn cell() -> &'static LocalKey<Cell<Option<Self>>>;
}

/// Where a generator stands after it was resumed.
pub enum GeneratorState<Y, C> {
    /// It has asked this.
    Yielded(Y),
    /// It has ended with this.
    Complete(C),
}

/// A generator's handle, which asks.
pub struct Co<Y, R>(PhantomData<fn(Y) -> R>);

impl<Y: Passed + Unpin, R: Passed> Co<Y, R> {
    /// Asks when it is awaited, and ends with the answer.
    pub fn yield_(&self, ask: Y) -> impl Future<Output = R> + use<Y, R> {
        Question(Some(ask), PhantomData)
    }
}

/// A question that is to be asked, or was asked.
struct Question<Y, R>(Option<Y>, PhantomData<fn() -> R>);

impl<Y: Passed + Unpin, R: Passed> Future for Question<Y, R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        if let Some(ask) = self.0.take() {
            Y::cell().set(Some(ask));
            return Poll::Pending;
        }
        R::cell().take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// A generator.
pub struct GenBoxed<Y, R, C>(Pin<Box<dyn Future<Output = C> + Send>>, PhantomData<fn(R) -> Y>);

impl<Y: Passed, R: Passed, C> GenBoxed<Y, R, C> {
    /// A generator of an async block, which gets the handle. Nothing of it runs yet.
    pub fn new_boxed<F>(body: impl FnOnce(Co<Y, R>) -> F) -> Self
    where
        F: Future<Output = C> + Send + 'static,
    {
        Self(Box::pin(body(Co(PhantomData))), PhantomData)
    }

    /// Resumes it with the answer to its last question; the answer of the first time is not read.
    ///
    /// # Panics
    /// When it waits for anything else than its own question, or has ended.
    pub fn resume_with(&mut self, answer: R) -> GeneratorState<Y, C> {
        R::cell().set(Some(answer));
        let polled = self.0.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        R::cell().take(); // one that was not read is dropped now, and not with the thread
        match (polled, Y::cell().take()) {
            (Poll::Ready(end), _) => GeneratorState::Complete(end),
            (Poll::Pending, Some(ask)) => GeneratorState::Yielded(ask),
            (Poll::Pending, None) => panic!("a generator waits for something that it did not ask"),
        }
    }
}
