//! How layers are put around each other: a slice of layers, and a [`Next`] that knows how far in
//! it stands. koa-compose, on one screen.

use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use ::pipeline::{Class, Context, Error, Host, Outcome, Request, Response, Span};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

/// Layers in their order, outermost first, put around each other by [`compose`]. There is no onion
/// inside an onion: to join two, concatenate their lists of layers.
#[derive(Clone)]
pub struct Onion(Arc<[Layer]>);

/// Composes layers, outermost first.
#[must_use]
pub fn compose(layers: Vec<Layer>) -> Onion {
    Onion(layers.into())
}

impl Onion {
    /// Answers one request. Nothing happens before the first poll.
    pub async fn handle(&self, host: Arc<dyn Host>, request: Request) -> Response {
        let mut ctx = Context::new(host, request);
        let outcome = Next { onion: self, at: 0 }.contained(&mut ctx).await;
        let response = ctx.response.take();
        ctx.origin().reply(outcome, response)
    }
}

/// A named layer, its type erased: the list is made at run time, as with koa's `app.use`.
pub struct Layer {
    name: &'static str,
    run: Box<Run>,
}

type Run = dyn for<'a> Fn(&'a mut Context, Next<'a>) -> Running<'a> + Send + Sync;

impl Layer {
    /// A layer of an `async fn(&mut Context, Next<'_>) -> Outcome`.
    pub fn new(
        name: &'static str,
        run: impl for<'a> Middleware<'a> + Send + Sync + 'static,
    ) -> Self {
        Self::capturing(name, move |ctx, next| run(ctx, next).boxed())
    }

    /// A layer of a closure with settings. The closure boxes its future itself, because
    /// the type of the future of a capturing closure cannot be written in a bound.
    pub fn capturing(
        name: &'static str,
        run: impl for<'a> Fn(&'a mut Context, Next<'a>) -> Running<'a> + Send + Sync + 'static,
    ) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// An `async fn(&mut Context, Next<'_>) -> Outcome`. It needs a trait of its own, because in a
/// plain `Fn` bound the future could not depend on the lifetime of the context.
pub trait Middleware<'a>: Fn(&'a mut Context, Next<'a>) -> Self::Future {
    /// What the function returns.
    type Future: Future<Output = Outcome> + Send + 'a;
}

impl<'a, F, R> Middleware<'a> for F
where
    F: Fn(&'a mut Context, Next<'a>) -> R,
    R: Future<Output = Outcome> + Send + 'a,
{
    type Future = R;
}

/// The rest of the onion. Neither `Clone` nor `Copy`: it can be run once.
pub struct Next<'a> {
    onion: &'a Onion,
    at: usize,
}

impl<'a> Next<'a> {
    /// Runs the layers further in; at the centre there is nothing left to do.
    ///
    /// It returns the box of the next layer. If it were an `async fn` around it, each layer would
    /// need one more state machine, and a poll twice as much stack.
    pub fn run<'c>(self, ctx: &'c mut Context) -> Running<'c>
    where
        'a: 'c,
    {
        let Some(layer) = self.onion.0.get(self.at) else { return ready(Ok(())).boxed() };
        let next = Next { onion: self.onion, at: self.at + 1 };
        let is_deep = next.at.is_multiple_of(STRETCH);
        let running = if ctx.origin().is_traced() {
            traced(layer, ctx, next).boxed()
        } else {
            (layer.run)(ctx, next)
        };
        if is_deep { Deep(Some(running)).boxed() } else { running }
    }

    /// Runs the layers further in, and turns a panic into an error. The context that was in use
    /// during the panic is not used again: a fresh one takes its place.
    pub async fn contained(self, ctx: &mut Context) -> Outcome {
        // In a block, so that a panic of the function that makes the layer is caught as well.
        let caught = AssertUnwindSafe(async { self.run(ctx).await }).catch_unwind().await;
        caught.unwrap_or_else(|_| {
            *ctx = Context::of(ctx.origin());
            Err(Error::Panicked)
        })
    }

    /// Runs the layers further in as a future of its own, which borrows nothing and may go on after
    /// the request has ended. It takes the context along and leaves a fresh one in its place. The
    /// context is boxed, because it is large and moved several times.
    pub fn detached(
        self,
        ctx: &mut Context,
    ) -> impl Future<Output = (Box<Context>, Outcome)> + Send + 'static {
        let (onion, at) = (self.onion.clone(), self.at);
        let fresh = Context::of(ctx.origin());
        let mut taken = Box::new(mem::replace(ctx, fresh));
        async move {
            let outcome = Next { onion: &onion, at }.contained(&mut taken).await;
            (taken, outcome)
        }
    }
}

/// Runs a layer and records its beginning and its end.
async fn traced(layer: &Layer, ctx: &mut Context, next: Next<'_>) -> Outcome {
    let span = Span::enter(ctx.origin(), layer.name);
    let outcome = (layer.run)(ctx, next).await;
    if let Some(span) = span {
        span.leave(Class::of(&outcome));
    }
    outcome
}

/// A layer under way.
pub type Running<'a> = BoxFuture<'a, Outcome>;

/// After how many layers [`Deep`] looks how much stack is left. To look costs a third of an empty
/// layer, so not every layer does it.
const STRETCH: usize = 16;

/// Layers under way that may be deep inside others.
///
/// Nested futures are polled and dropped recursively, so ten thousand layers would not fit on a
/// stack of 2 MiB. Where the stack is nearly full, this continues on a new piece of stack.
struct Deep<'a>(Option<Running<'a>>);

impl Future for Deep<'_> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Outcome> {
        match &mut self.0 {
            Some(layers) => deep(|| layers.as_mut().poll(task)),
            None => unreachable!("only a drop takes them out"),
        }
    }
}

impl Drop for Deep<'_> {
    fn drop(&mut self) {
        let layers = self.0.take();
        deep(|| drop(layers));
    }
}

/// Runs `step`. If less than 128 KiB of the stack are left, it runs on a new piece of 1 MiB.
fn deep<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, step)
}
