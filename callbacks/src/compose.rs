//! How layers are put around each other: a slice of layers, a [`Next`] that knows how far in it
//! stands, and a chain of [`Done`]s on the way out, driven by a trampoline.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::pipeline::{
    Class, Context, Error, Failure, Host, Origin, Pending, Request, Response, Span, Subscription,
};

use crate::thunk::{Ending, Thunk, later};

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

    /// Takes the step into the next layer. `onion` is the onion of the step before, if there was
    /// one in this turn. It is kept because cloning the `Arc` for every layer would cost two atomic
    /// operations each.
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

/// The next step. A layer returns it instead of calling it. So the stack is unwound between two
/// steps, and neither the way in nor the way out fills it.
#[must_use = "a step that is not returned to the trampoline never happens"]
pub enum Bounce {
    /// Nothing to do in this turn: a callback waits, or the request has ended.
    Rest,
    /// Into the next layer.
    Enter(Box<Context>, Next, Done),
    /// Out to the code after `next`.
    Leave(Option<Error>, Box<Context>, Done),
    /// Anything else that must not be called from here.
    Step(Box<dyn FnOnce() -> Bounce + Send>, Option<Arc<Domain>>),
}

/// What to do afterwards: the continuation, `done(error, ctx)`. Calling it consumes it.
///
/// A Rust type can say "at most once", but not "at least once". If a `Done` is dropped without
/// being called, the request hangs: inside `deadline` until that answers it, further out for ever.
#[must_use = "a request whose continuation is not called hangs"]
pub struct Done {
    /// The code of a layer after its `next`. Without it, this is the way out of the domain, which
    /// only the first call takes.
    code: Option<Code>,
    domain: Option<Arc<Domain>>,
}

type Code = Box<dyn Continuation>;

/// The code of a layer after its `next`, with what it has captured.
trait Continuation: Send {
    /// `domain` belongs to the [`Done`] that led here. It is passed outward with the call, so all
    /// continuations within one domain share one `Arc`.
    fn call(
        self: Box<Self>,
        error: Option<Error>,
        ctx: Box<Context>,
        domain: Option<Arc<Domain>>,
    ) -> Bounce;

    /// Drops the captures and returns the outer continuation. So a chain of ten thousand is dropped
    /// in a loop, innermost first, and not by recursion.
    fn detach(self: Box<Self>, domain: Option<Arc<Domain>>) -> Option<Done>;
}

impl Done {
    /// The outermost continuation.
    pub fn last(run: impl FnOnce(Option<Error>, Box<Context>) + Send + 'static) -> Self {
        Self { code: Some(Box::new(Last(run))), domain: None }
    }

    /// The domain to which a panic in the code that holds this continuation is reported.
    #[must_use]
    pub fn domain(&self) -> Option<Arc<Domain>> {
        self.domain.clone()
    }

    /// Calls the continuation. The error is the first argument, as everywhere in Node.
    pub fn call(self, error: Option<Error>, ctx: Box<Context>) -> Bounce {
        Bounce::Leave(error, ctx, self)
    }

    /// Puts `run` before this continuation. `run` gets the continuation and must call it.
    pub fn after(
        self,
        run: impl FnOnce(Option<Error>, Box<Context>, Done) -> Bounce + Send + 'static,
    ) -> Self {
        let (outer, domain) = self.parts();
        Self { code: Some(Box::new(After { run, outer })), domain }
    }

    /// Waits for an operation. This continuation is kept during the wait, so that a panic in the
    /// later turn can be reported to its domain.
    pub fn wait<T: Send + 'static>(
        self,
        pending: Pending<T>,
        run: impl FnOnce(Result<T, Failure>, Done) -> Bounce + Send + 'static,
    ) -> Bounce {
        match pending.try_take() {
            Ok(ending) => run(ending, self),
            Err(pending) => {
                // The order matters: if the closure is dropped without being called, it drops the
                // captures of `run` before the continuation further out.
                let waiting = (run, self);
                pending.subscribe(move |ending| {
                    let (run, done) = waiting;
                    turn(done.domain(), move || run(ending, done));
                });
                Bounce::Rest
            }
        }
    }

    /// Waits for a thunk, as [`Done::wait`] does for an operation.
    pub fn hear<T: Clone + Send + 'static>(
        self,
        thunk: &Thunk<T>,
        run: impl FnOnce(Ending<T>, Done) -> Bounce + Send + 'static,
    ) -> Bounce {
        let waiting = (run, self);
        thunk.call(move |ending| {
            let (run, done) = waiting;
            turn(done.domain(), move || run(ending, done));
        });
        Bounce::Rest
    }

    /// A continuation for the code further in. If that code panics, this continuation is called
    /// with an error and a fresh context, and the old context is not used again. It can be called
    /// by the code, by a panic or by a holder of its [`Domain`]. Only the first call counts.
    pub fn contained(self, origin: &Arc<Origin>) -> Self {
        let held = Mutex::new(Some(Held { done: self, timer: None }));
        let domain = Arc::new(Domain { origin: Arc::clone(origin), held });
        Self { code: None, domain: Some(domain) }
    }

    /// The code that this leads to, out of all domains on the way, and the domain of that code.
    fn out(mut self) -> Option<(Code, Option<Arc<Domain>>)> {
        loop {
            match self.parts() {
                (Some(code), domain) => return Some((code, domain)),
                (None, domain) => self = domain?.settle()?,
            }
        }
    }

    /// Takes it apart, so that its drop finds nothing.
    fn parts(mut self) -> (Option<Code>, Option<Arc<Domain>>) {
        (self.code.take(), self.domain.take())
    }

    #[cold]
    fn give_up(&mut self) {
        let mut chain = self.detach();
        while let Some(mut done) = chain {
            chain = done.detach();
        }
    }

    /// Drops the code of this layer, and returns the continuation further out.
    fn detach(&mut self) -> Option<Self> {
        let domain = self.domain.take();
        match self.code.take() {
            Some(code) => code.detach(domain),
            // Others may hold the domain. The last of them drops the continuation that it keeps.
            None => Arc::into_inner(domain?)?.settle(),
        }
    }
}

impl Drop for Done {
    #[inline]
    fn drop(&mut self) {
        // Every step drops one that was called, of which nothing is left.
        if self.code.is_some() || self.domain.is_some() {
            self.give_up();
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
    /// The code of the continuation further out. Its domain is passed on by the call.
    outer: Option<Code>,
}

impl<F: FnOnce(Option<Error>, Box<Context>, Done) -> Bounce + Send> Continuation for After<F> {
    fn call(
        self: Box<Self>,
        error: Option<Error>,
        ctx: Box<Context>,
        domain: Option<Arc<Domain>>,
    ) -> Bounce {
        let Self { run, outer } = *self;
        run(error, ctx, Done { code: outer, domain })
    }

    fn detach(self: Box<Self>, domain: Option<Arc<Domain>>) -> Option<Done> {
        let Self { run, outer } = *self;
        let done = Done { code: outer, domain };
        drop(run);
        Some(done)
    }
}

/// Where a panic is reported. It keeps the real continuation, because the panic drops the one that
/// the code holds. It also keeps the timer of a race, which is cancelled together with the race.
pub struct Domain {
    origin: Arc<Origin>,
    /// `None` when it is settled.
    held: Mutex<Option<Held>>,
}

struct Held {
    done: Done,
    timer: Option<Subscription<()>>,
}

impl Held {
    /// Cancels the timer. It is called when the lock is free again.
    fn over(self) -> Done {
        if let Some(timer) = self.timer {
            timer.cancel();
        }
        self.done
    }
}

impl Domain {
    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The continuation, for the first caller only.
    pub fn settle(&self) -> Option<Done> {
        let held = self.held().take()?;
        Some(held.over())
    }

    /// The same, with `other` in its place for the code further in.
    pub fn replace(&self, other: Done) -> Option<Done> {
        let mut held = self.held();
        let was = held.take()?;
        *held = Some(Held { done: other, timer: None });
        drop(held);
        Some(was.over())
    }

    /// Whether somebody has the continuation already.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.held().is_none()
    }

    /// Keeps the timer of a race until the race is settled.
    pub fn keep(&self, timer: Subscription<()>) {
        let mut held = self.held();
        if let Some(held) = &mut *held {
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

/// Runs one turn. It begins with `first`, and a panic in `first` is reported to `domain`. If
/// another turn of the same thread is running, this turn begins after it. Otherwise a host that
/// completes an operation inside another request's turn would fill the stack with turns.
pub fn turn(domain: Option<Arc<Domain>>, first: impl FnOnce() -> Bounce + 'static) {
    later(move || whole(domain, first));
}

fn whole(mut domain: Option<Arc<Domain>>, first: impl FnOnce() -> Bounce) {
    let mut caught = catch_unwind(AssertUnwindSafe(|| run(first(), &mut domain)));
    // A panic that no domain contains ends only the code that panicked.
    while caught.is_err() {
        let told = domain.take().and_then(|domain| {
            let done = domain.settle()?;
            Some(done.call(Some(Error::Panicked), Box::new(Context::of(&domain.origin))))
        });
        let go_on = told.unwrap_or(Bounce::Rest);
        caught = catch_unwind(AssertUnwindSafe(|| run(go_on, &mut domain)));
    }
}

/// The trampoline. There is one panic handler around the whole loop, so a step costs nothing extra.
/// `domain` says where to report a panic of the current step.
fn run(mut bounce: Bounce, domain: &mut Option<Arc<Domain>>) {
    let mut onion = None;
    loop {
        bounce = match bounce {
            Bounce::Rest => return,
            Bounce::Enter(ctx, next, done) => {
                inside(domain, &done.domain);
                next.enter(&mut onion, ctx, done)
            }
            Bounce::Leave(error, ctx, done) => {
                let Some((code, of)) = done.out() else { return };
                inside(domain, &of);
                code.call(error, ctx, of)
            }
            Bounce::Step(step, of) => {
                inside(domain, &of);
                step()
            }
        };
    }
}

/// Remembers the domain of the next step.
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
