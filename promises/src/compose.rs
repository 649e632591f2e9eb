//! How layers are put around each other: a slice of layers, a [`Next`] that knows how far in it
//! stands, and the [`Promise`] that every layer returns.

use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use ::pipeline::{Class, Context, Error, Failure, Host, Pending, Request, Response, Span};
use futures::future::{self, BoxFuture, FutureExt, TryFutureExt};

/// Layers in their order, outermost first, put around each other by [`compose`]. There is no onion
/// inside an onion: to join two, concatenate their lists of layers.
///
/// Not an `Arc<[Layer]>`, whose pointer is two words: so a [`Next`], which every step moves, is two.
#[derive(Clone)]
pub struct Onion(Arc<Vec<Layer>>);

/// Composes layers, outermost first.
#[must_use]
pub fn compose(layers: Vec<Layer>) -> Onion {
    Onion(Arc::new(layers))
}

impl Onion {
    /// Answers one request. Nothing happens before the first poll.
    pub fn handle(
        &self,
        host: Arc<dyn Host>,
        request: Request,
    ) -> impl Future<Output = Response> + Send + use<> {
        let next = Next { onion: self.clone(), at: 0 };
        future::lazy(move |_| next.contained(Box::new(Context::new(host, request)))).flatten().map(
            |ended| {
                let (outcome, mut ctx) = match ended {
                    Ok(ctx) => (Ok(()), ctx),
                    Err(Rejection { error, ctx }) => (Err(error), ctx),
                };
                let response = ctx.response.take();
                ctx.origin().reply(outcome, response)
            },
        )
    }
}

/// A named layer, its type erased: the list is made at run time.
pub struct Layer {
    name: &'static str,
    run: Box<Run>,
}

type Run = dyn Fn(Box<Context>, Next) -> Promise + Send + Sync;

impl Layer {
    /// A layer of a function or a closure.
    pub fn new(
        name: &'static str,
        run: impl Fn(Box<Context>, Next) -> Promise + Send + Sync + 'static,
    ) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// The rest of the onion. Neither `Clone` nor `Copy`: it can be run once.
pub struct Next {
    onion: Onion,
    at: usize,
}

impl Next {
    /// Runs the layers further in, when it is polled; at the centre there is nothing left to do.
    pub fn run(self, ctx: Box<Context>) -> Promise {
        Promise(State::Next(self, ctx, Self::enter))
    }

    /// Runs the layers further in, and turns a panic into a rejection. The panic destroys the
    /// context, so a fresh one takes its place.
    pub fn contained(
        self,
        ctx: Box<Context>,
    ) -> impl Future<Output = Result<Box<Context>, Rejection>> + Send + 'static {
        let origin = Arc::clone(ctx.origin());
        AssertUnwindSafe(self.run(ctx)).catch_unwind().map(move |caught| {
            caught.unwrap_or_else(|_| {
                Err(Rejection { error: Error::Panicked, ctx: Box::new(Context::of(&origin)) })
            })
        })
    }

    /// Calls the next layer.
    fn enter(mut self, ctx: Box<Context>) -> Promise {
        let onion = self.onion.clone();
        let Some(layer) = onion.0.get(self.at) else { return Promise::resolve(ctx) };
        self.at += 1;
        let Some(span) = Span::enter(ctx.origin(), layer.name) else {
            return (layer.run)(ctx, self);
        };
        (layer.run)(ctx, self)
            .map(|ended| {
                span.leave(class(&ended));
                ended
            })
            .promise()
    }
}

fn class(ended: &Result<Box<Context>, Rejection>) -> Class {
    match ended {
        Ok(_) => Class::Done,
        Err(rejection) => rejection.error.class(),
    }
}

/// An error together with the context, which no other code holds when a link fails.
#[derive(Debug)]
pub struct Rejection {
    /// What went wrong.
    pub error: Error,
    /// The context, for the layers further out.
    pub ctx: Box<Context>,
}

/// A link that a rule decides: resolved with the context and the value of the rule, or rejected.
pub fn attempt<T>(
    mut ctx: Box<Context>,
    rule: impl FnOnce(&mut Context) -> Result<T, Error>,
) -> Promise<(Box<Context>, T)> {
    match rule(&mut ctx) {
        Ok(value) => Promise::resolve((ctx, value)),
        Err(error) => Promise::reject(error, ctx),
    }
}

/// The same with a rule that gives no value.
pub fn follow(
    mut ctx: Box<Context>,
    rule: impl FnOnce(&mut Context) -> Result<(), Error>,
) -> Promise {
    match rule(&mut ctx) {
        Ok(()) => Promise::resolve(ctx),
        Err(error) => Promise::reject(error, ctx),
    }
}

/// Settled, or a chain in a box.
#[must_use = "a promise that is not returned goes no further"]
pub struct Promise<T = Box<Context>>(State<T>);

enum State<T> {
    /// A layer runs code before it returns its chain. So the layer is not called before the promise
    /// is polled. This state needs no box.
    Next(Next, Box<Context>, fn(Next, Box<Context>) -> Promise<T>),
    Chain(Chain<T>),
    Settled(Result<T, Rejection>),
}

/// A chain in a box, until it has ended.
///
/// Nested futures are polled and dropped recursively, so ten thousand layers would not fit on a
/// stack of 2 MiB. Where the stack is nearly full, this continues on a new piece of stack. In
/// JavaScript the queue of microtasks serves this purpose.
struct Chain<T>(Option<BoxFuture<'static, Result<T, Rejection>>>);

impl<T> Chain<T> {
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<Result<T, Rejection>> {
        deep(|| {
            let Some(chain) = &mut self.0 else {
                panic!("a promise was polled after it was ready")
            };
            let polled = chain.as_mut().poll(task);
            if polled.is_ready() {
                self.0 = None;
            }
            polled
        })
    }
}

impl<T> Drop for Chain<T> {
    #[inline]
    fn drop(&mut self) {
        // Every link drops a chain that has ended, of which nothing is left.
        if let Some(chain) = self.0.take() {
            cancel(chain);
        }
    }
}

#[cold]
fn cancel<T>(chain: BoxFuture<'static, Result<T, Rejection>>) {
    deep(|| drop(chain));
}

impl<T> Promise<T> {
    /// A promise that is already settled; it costs no box.
    pub fn settled(ended: Result<T, Rejection>) -> Self {
        Self(State::Settled(ended))
    }

    /// A promise that is already resolved.
    pub fn resolve(value: T) -> Self {
        Self::settled(Ok(value))
    }

    /// A promise that is already rejected.
    pub fn reject(error: Error, ctx: Box<Context>) -> Self {
        Self::settled(Err(Rejection { error, ctx }))
    }

    /// Waits for an operation of the host, and goes on with `link`. An operation that is ready
    /// costs no box.
    pub fn operation<O: Send + 'static>(
        pending: Pending<O>,
        link: impl FnOnce(Result<O, Failure>) -> Self + Send + 'static,
    ) -> Self
    where
        T: Send + 'static,
    {
        match pending.try_take() {
            Ok(ended) => link(ended),
            Err(pending) => pending.then(link).promise(),
        }
    }

    /// Goes on with `link` when this promise is resolved, as the combinator of `futures` does. If
    /// it is settled already, `link` runs at once and costs no box. Every other link is a box.
    pub fn and_then<U: Send + 'static>(
        self,
        link: impl FnOnce(T) -> Promise<U> + Send + 'static,
    ) -> Promise<U>
    where
        T: Send + 'static,
    {
        match self.0 {
            State::Settled(Ok(value)) => link(value),
            State::Settled(Err(rejection)) => Promise::settled(Err(rejection)),
            state => TryFutureExt::and_then(Self(state), link).promise(),
        }
    }
}

impl<T> Unpin for Promise<T> {}

impl<T> Future for Promise<T> {
    type Output = Result<T, Rejection>;

    /// # Panics
    /// When it is polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        loop {
            if let State::Chain(chain) = &mut self.0 {
                return chain.poll(task);
            }
            match mem::replace(&mut self.0, State::Chain(Chain(None))) {
                State::Next(next, ctx, enter) => *self = enter(next, ctx),
                State::Settled(ended) => return Poll::Ready(ended),
                chain @ State::Chain(_) => self.0 = chain,
            }
        }
    }
}

/// `.promise()` ends a chain.
pub trait PromiseExt<T>: Future<Output = Result<T, Rejection>> + Send + Sized + 'static {
    /// Boxes the chain, so that layers of different chains have one type.
    fn promise(self) -> Promise<T> {
        Promise(State::Chain(Chain(Some(self.boxed()))))
    }
}

impl<T, F: Future<Output = Result<T, Rejection>> + Send + 'static> PromiseExt<T> for F {}

/// Runs `step`. If less than 64 KiB of the stack are left, it runs on a new piece of 1 MiB.
fn deep<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}
