//! How layers are put around each other: a list of layers, and a [`Next`] that knows how far in
//! it stands. `yield_!(co, next.run(ctx))` is koa 1's `yield next`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use ::pipeline::{Context, Host, Request, Response};

use crate::ask::{Layers, Routine, Running, Yieldable};
use crate::co::{Drive, co, drive};

/// Layers in their order, outermost first, put around each other by [`compose`]. There is no onion
/// inside an onion: to join two, concatenate their lists of layers.
#[derive(Clone)]
pub struct Onion(Arc<List>);

struct List(Vec<Layer>);

/// Composes layers, outermost first.
#[must_use]
pub fn compose(layers: Vec<Layer>) -> Onion {
    Onion(Arc::new(List(layers)))
}

impl Onion {
    /// Answers one request. Nothing happens before the first poll.
    pub fn handle(
        &self,
        host: Arc<dyn Host>,
        request: Request,
    ) -> impl Future<Output = Response> + Send + use<> {
        let next = Next { onion: self.clone(), at: 0 };
        let ctx = Box::new(Context::new(host, request));
        drive(next.contained(ctx).ask(), |answer| {
            let (mut ctx, outcome) = Running::answer(answer);
            let response = ctx.response.take();
            ctx.origin().reply(outcome, response)
        })
    }
}

/// A named layer, its type erased: the list is made at run time, as with koa's `app.use`.
pub struct Layer {
    name: &'static str,
    run: Box<Run>,
}

type Run = dyn Fn(Box<Context>, Next) -> Routine + Send + Sync;

impl Layer {
    /// A layer of a function or a closure.
    pub fn new(
        name: &'static str,
        run: impl Fn(Box<Context>, Next) -> Routine + Send + Sync + 'static,
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
    /// Runs the layers further in, when it is yielded; at the centre there is nothing left to do.
    pub fn run(self, ctx: Box<Context>) -> Running {
        Running { layers: self.onion.0, at: self.at, ctx, contains: false }
    }

    /// Runs the layers further in, and turns a panic into an error. The panic destroys the context,
    /// so a fresh one takes its place.
    pub fn contained(self, ctx: Box<Context>) -> Running {
        Running { layers: self.onion.0, at: self.at, ctx, contains: true }
    }

    /// Runs the layers further in with a driver of their own, which may go on after the request.
    pub fn detached(self, ctx: Box<Context>) -> Drive {
        co(self.contained(ctx))
    }
}

impl Layers for List {
    fn name(&self, at: usize) -> Option<&'static str> {
        self.0.get(at).map(|layer| layer.name)
    }

    fn open(self: Arc<Self>, at: usize, ctx: Box<Context>) -> Routine {
        let next = Next { onion: Onion(Arc::clone(&self)), at: at + 1 };
        (self.0[at].run)(ctx, next)
    }
}

/// Two futures, of which the first to end counts. The other is handed back as it is.
pub struct Race<A, B>(Option<(A, B)>);

/// Which future ended first.
pub enum First<A: Future, B: Future> {
    /// The first, with what is left of the second.
    One(A::Output, B),
    /// The second, with what is left of the first.
    Two(B::Output, A),
}

/// Polls both futures until one ends. If both are ready, the first one counts.
pub fn race<A: Future + Unpin, B: Future + Unpin>(one: A, two: B) -> Race<A, B> {
    Race(Some((one, two)))
}

impl<A: Future + Unpin, B: Future + Unpin> Future for Race<A, B> {
    type Output = First<A, B>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<First<A, B>> {
        let Some((mut one, mut two)) = self.0.take() else {
            panic!("a race was polled after it was over")
        };
        if let Poll::Ready(output) = Pin::new(&mut one).poll(task) {
            return Poll::Ready(First::One(output, two));
        }
        if let Poll::Ready(output) = Pin::new(&mut two).poll(task) {
            return Poll::Ready(First::Two(output, one));
        }
        self.0 = Some((one, two));
        Poll::Pending
    }
}
