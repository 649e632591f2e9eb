//! How layers are put around each other: a slice of layers, a [`Next`] that knows how far in it
//! stands, and a chain of [`Done`]s on the way out, driven by a trampoline.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::{
    Class, Context, Error, Failure, Host, Origin, Pending, Request, Response, Span, Subscription,
};

use crate::thunk::later;

/// Layers in their order, outermost first. Put around each other by [`compose`]; onions put one
/// after the other are the longer onion, so there is no nesting: concatenate the lists.
#[derive(Clone)]
pub struct Onion(Arc<[Layer]>);

/// Composes layers, outermost first.
#[must_use]
pub fn compose(layers: Vec<Layer>) -> Onion {
    Onion(layers.into())
}

impl Onion {
    /// Answers one request: calls `reply` once, in this turn or in a later one.
    pub fn handle(
        &self,
        host: Arc<dyn Host>,
        request: Request,
        reply: impl FnOnce(Response) + Send + 'static,
    ) {
        let ctx = Box::new(Context::new(host, request));
        let origin = Arc::clone(ctx.origin());
        let last = Done::last(move |error, mut ctx| {
            let response = ctx.response.take();
            reply(ctx.origin().reply(error.map_or(Ok(()), Err), response));
        });
        drive(Next { onion: self.clone(), at: 0 }.run(ctx, last.contained(&origin)));
    }
}

/// A named layer, its type erased: the list is made at run time, as with Express's `app.use`.
pub struct Layer {
    name: &'static str,
    run: Box<Run>,
}

type Run = dyn Fn(Box<Context>, Next, Done) -> Bounce + Send + Sync;

impl Layer {
    /// A layer of a function or a closure.
    pub fn new(
        name: &'static str,
        run: impl Fn(Box<Context>, Next, Done) -> Bounce + Send + Sync + 'static,
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
    /// Runs the layers further in, and then `done`; at the centre there is nothing left to do.
    pub fn run(self, ctx: Box<Context>, done: Done) -> Bounce {
        Bounce::Enter(ctx, self, done)
    }

    /// Takes the step into the next layer. `onion` is the one that this turn was in before: kept,
    /// because sharing it anew for every layer would be two atomic operations each.
    fn enter(mut self, onion: &mut Option<Onion>, ctx: Box<Context>, done: Done) -> Bounce {
        let onion = match onion {
            Some(onion) if Arc::ptr_eq(&onion.0, &self.onion.0) => onion,
            _ => onion.insert(self.onion.clone()),
        };
        let Some(layer) = onion.0.get(self.at) else { return done.call(None, ctx) };
        self.at += 1;
        let Some(span) = Span::enter(ctx.origin(), layer.name) else {
            return (layer.run)(ctx, self, done);
        };
        let done = done.after(move |error, ctx, done| {
            span.leave(error.as_ref().map_or(Class::Done, Error::class));
            done.call(error, ctx)
        });
        (layer.run)(ctx, self, done)
    }
}

/// A step that is yet to be taken. Returned instead of called, so that the stack is unwound
/// between two steps: neither the way in nor the way out grows it.
#[must_use = "a step that is not returned to the trampoline never happens"]
pub enum Bounce {
    /// Nothing to do in this turn: a callback waits, or the request has ended.
    Rest,
    /// Into the next layer.
    Enter(Box<Context>, Next, Done),
    /// Out to the code behind.
    Leave(Option<Error>, Box<Context>, Done),
    /// Anything else that must not be called from here.
    Step(Box<dyn FnOnce() -> Bounce + Send>, Option<Arc<Domain>>),
}

/// What to do afterwards: the continuation, `done(error, ctx)`. Calling it consumes it.
///
/// Rust can say "at most once" in a type, not "at least once": a `Done` that is dropped uncalled is
/// a request that hangs, until the deadline answers it.
#[must_use = "a request whose continuation is not called hangs"]
pub struct Done {
    behind: Option<Behind>,
    domain: Option<Arc<Domain>>,
}

/// What a [`Done`] leads to.
enum Behind {
    /// The code behind a layer.
    Code(Box<dyn Continuation>),
    /// The way out of the domain, for the first who takes it.
    Domain,
}

impl Behind {
    fn call(self, error: Option<Error>, ctx: Box<Context>, domain: Option<Arc<Domain>>) -> Bounce {
        match self {
            Self::Code(code) => code.call(error, ctx, domain),
            Self::Domain => {
                let done = domain.and_then(|domain| domain.settle());
                done.map_or(Bounce::Rest, |done| done.call(error, ctx))
            }
        }
    }

    fn detach(self, domain: Option<Arc<Domain>>) -> Option<Done> {
        match self {
            Self::Code(code) => code.detach(domain),
            // Others may hold the domain; the last of them drops what it keeps.
            Self::Domain => Arc::into_inner(domain?)?.settle(),
        }
    }
}

/// The code behind a layer, with what it has captured.
trait Continuation: Send {
    /// `domain` is that of the [`Done`] which led here: it is handed outward with the call, so that
    /// a chain within one domain shares one handle on it.
    fn call(
        self: Box<Self>,
        error: Option<Error>,
        ctx: Box<Context>,
        domain: Option<Arc<Domain>>,
    ) -> Bounce;

    /// Drops the captures and hands back the outer continuation: a chain of ten thousand is then
    /// dropped in a loop, innermost first, and not by recursion.
    fn detach(self: Box<Self>, domain: Option<Arc<Domain>>) -> Option<Done>;
}

impl Done {
    /// The outermost continuation.
    pub fn last(run: impl FnOnce(Option<Error>, Box<Context>) + Send + 'static) -> Self {
        Self { behind: Some(Behind::Code(Box::new(Last(run)))), domain: None }
    }

    /// Who is told of a panic in the code that holds this continuation.
    #[must_use]
    pub fn domain(&self) -> Option<Arc<Domain>> {
        self.domain.clone()
    }

    /// Calls the code behind: the error first, as everywhere in Node.
    pub fn call(self, error: Option<Error>, ctx: Box<Context>) -> Bounce {
        Bounce::Leave(error, ctx, self)
    }

    /// Puts `run` before this continuation: it is given the continuation and has to call it.
    pub fn after(
        mut self,
        run: impl FnOnce(Option<Error>, Box<Context>, Done) -> Bounce + Send + 'static,
    ) -> Self {
        let domain = self.domain.take();
        Self { behind: Some(Behind::Code(Box::new(After { run, done: self }))), domain }
    }

    /// Waits for an operation. This continuation is lent through the wait, so that a panic in the
    /// later turn finds its way to whoever contains it.
    pub fn wait<T: Send + 'static>(
        self,
        pending: Pending<T>,
        run: impl FnOnce(Result<T, Failure>, Done) -> Bounce + Send + 'static,
    ) -> Bounce {
        match pending.try_take() {
            Ok(ending) => run(ending, self),
            Err(pending) => {
                // In this order: a closure that is dropped uncalled drops what `run` has captured
                // before the continuation further out.
                let waiting = (run, self);
                pending.subscribe(move |ending| {
                    let (run, done) = waiting;
                    turn(done.domain(), move || run(ending, done));
                });
                Bounce::Rest
            }
        }
    }

    /// A continuation for the code further in, under which a panic arrives as an error, with a
    /// fresh context: the one that the panic went through is not looked at again. Whoever comes
    /// first, the code, a panic or a holder of its [`Domain`], is heard; later ones are not.
    pub fn contained(self, origin: &Arc<Origin>) -> Self {
        let held = Mutex::new(Held { done: Some(self), timer: None });
        let domain = Arc::new(Domain { origin: Arc::clone(origin), held });
        Self { behind: Some(Behind::Domain), domain: Some(domain) }
    }

    /// Drops the code behind, and hands back the continuation further out.
    fn detach(&mut self) -> Option<Self> {
        let domain = self.domain.take();
        self.behind.take()?.detach(domain)
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        let mut chain = self.detach();
        while let Some(mut done) = chain {
            chain = done.detach();
        }
    }
}

struct Last<F>(F);

impl<F: FnOnce(Option<Error>, Box<Context>) + Send> Continuation for Last<F> {
    fn call(
        self: Box<Self>,
        error: Option<Error>,
        ctx: Box<Context>,
        _domain: Option<Arc<Domain>>,
    ) -> Bounce {
        (self.0)(error, ctx);
        Bounce::Rest
    }

    fn detach(self: Box<Self>, _domain: Option<Arc<Domain>>) -> Option<Done> {
        None
    }
}

struct After<F> {
    run: F,
    done: Done,
}

impl<F: FnOnce(Option<Error>, Box<Context>, Done) -> Bounce + Send> Continuation for After<F> {
    fn call(
        self: Box<Self>,
        error: Option<Error>,
        ctx: Box<Context>,
        domain: Option<Arc<Domain>>,
    ) -> Bounce {
        let Self { run, mut done } = *self;
        done.domain = domain;
        run(error, ctx, done)
    }

    fn detach(self: Box<Self>, domain: Option<Arc<Domain>>) -> Option<Done> {
        let Self { run, mut done } = *self;
        done.domain = domain;
        drop(run);
        Some(done)
    }
}

/// Who is told of a panic. It keeps the real continuation, because the panic drops the one that
/// the code holds; and the timer of a race, to be cancelled with it.
pub struct Domain {
    origin: Arc<Origin>,
    held: Mutex<Held>,
}

struct Held {
    done: Option<Done>,
    timer: Option<Subscription<()>>,
}

impl Domain {
    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The continuation, for the first who asks.
    pub fn settle(&self) -> Option<Done> {
        let mut held = self.held();
        let (done, timer) = (held.done.take(), held.timer.take());
        drop(held);
        if let Some(timer) = timer {
            timer.cancel();
        }
        done
    }

    /// Keeps the timer of a race until the race is settled.
    pub fn keep(&self, timer: Subscription<()>) {
        let mut held = self.held();
        if held.done.is_some() {
            held.timer = Some(timer);
        } else {
            drop(held);
            timer.cancel();
        }
    }
}

/// Drives a bounce until there is nothing left to do in this turn.
pub fn drive(bounce: Bounce) {
    turn(None, move || bounce);
}

/// A turn: begins with `first`, whose panic belongs to `domain`. Called within a turn of the same
/// thread, it waits for that one to end: a host that completes one request's operation inside
/// another's would otherwise stack up turn upon turn.
pub fn turn(domain: Option<Arc<Domain>>, first: impl FnOnce() -> Bounce + 'static) {
    later(move || whole(domain, first));
}

fn whole(mut domain: Option<Arc<Domain>>, first: impl FnOnce() -> Bounce) {
    let mut caught = catch_unwind(AssertUnwindSafe(|| run(first(), &mut domain)));
    // A panic that nobody contains ends what panicked, and nothing else.
    while caught.is_err() {
        let told = domain.take().and_then(|domain| {
            let done = domain.settle()?;
            Some(done.call(Some(Error::Panicked), Box::new(Context::of(&domain.origin))))
        });
        let go_on = told.unwrap_or(Bounce::Rest);
        caught = catch_unwind(AssertUnwindSafe(|| run(go_on, &mut domain)));
    }
}

/// The trampoline. One handler around the whole loop: it costs nothing per step, and `domain`
/// tells whose step it was that panicked.
fn run(mut bounce: Bounce, domain: &mut Option<Arc<Domain>>) {
    let mut onion = None;
    loop {
        bounce = match bounce {
            Bounce::Rest => return,
            Bounce::Enter(ctx, next, done) => {
                inside(domain, &done.domain);
                next.enter(&mut onion, ctx, done)
            }
            Bounce::Leave(error, ctx, mut done) => {
                inside(domain, &done.domain);
                match done.behind.take() {
                    Some(behind) => behind.call(error, ctx, done.domain.take()),
                    None => Bounce::Rest,
                }
            }
            Bounce::Step(step, of) => {
                inside(domain, &of);
                step()
            }
        };
    }
}

/// Notes whose step is next.
fn inside(domain: &mut Option<Arc<Domain>>, of: &Option<Arc<Domain>>) {
    let same = match (&*domain, of) {
        (Some(domain), Some(of)) => Arc::ptr_eq(domain, of),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if !same {
        drop(mem::replace(domain, of.clone()));
    }
}
