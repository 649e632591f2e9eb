use std::sync::Arc;

use ::pipeline::{Context, Error, Failure, Pending, Rule, Verdict, Walk, units};

use crate::compose::{Bounce, Domain, Done, Layer};
use crate::thunk::{Ending, Thunk};

/// A unit: one that decides at once, or one that waits.
pub enum Unit {
    /// Decides at once, so it costs no continuation.
    Rule(&'static dyn Rule),
    /// Waits for the host, if it wants the message. Whether it wants it is decided at once.
    Waits(&'static str, fn(&Context) -> bool, Box<Ask>),
}

type Ask = dyn Fn(Box<Context>, Asked) -> Bounce + Send + Sync;

impl Unit {
    /// A unit of a function or a closure, asked about the messages that it `wants`.
    pub fn waits(
        name: &'static str,
        wants: fn(&Context) -> bool,
        ask: impl Fn(Box<Context>, Asked) -> Bounce + Send + Sync + 'static,
    ) -> Self {
        Self::Waits(name, wants, Box::new(ask))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Waits(name, ..) => name,
        }
    }
}

/// The innermost layer: asks one unit after the other until one replies.
#[must_use]
pub fn queue(units: Vec<Unit>) -> Layer {
    let units: Arc<[Unit]> = units.into();
    Layer::new("units", move |ctx, _next, done| {
        let walk = Walk::new(&ctx, units.iter().map(Unit::name));
        step(Arc::clone(&units), walk, ctx, done)
    })
}

/// A loop that waits becomes a function that its own continuation calls again.
fn step(units: Arc<[Unit]>, mut walk: Walk, mut ctx: Box<Context>, done: Done) -> Bounce {
    while let Some(at) = walk.step(&ctx) {
        let verdict = match &units[at] {
            Unit::Rule(rule) => rule.decide(&mut ctx),
            Unit::Waits(_, wants, _) if !wants(&ctx) => Verdict::Pass,
            Unit::Waits(.., ask) => {
                let units = Arc::clone(&units);
                return ask(ctx, Asked { units, at, walk, done });
            }
        };
        if verdict.settle(&mut ctx, units[at].name()) {
            return done.call(None, ctx);
        }
    }
    units::nobody(&mut ctx);
    done.call(None, ctx)
}

/// The continuation of a unit that waits: the rest of the walk.
#[must_use = "a request whose continuation is not called hangs"]
pub struct Asked {
    units: Arc<[Unit]>,
    at: usize,
    walk: Walk,
    done: Done,
}

impl Asked {
    /// [`Done::domain`]
    #[must_use]
    pub fn domain(&self) -> Option<Arc<Domain>> {
        self.done.domain()
    }

    /// The continuation of all units, for what knows no units, and how to go on with it in this one.
    pub fn apart(self) -> (Done, impl FnOnce(Done) -> Self + Send + use<>) {
        let Self { units, at, walk, done } = self;
        (done, move |done| Self { units, at, walk, done })
    }

    /// Calls the rest of the walk. The error is the first argument, as everywhere in Node.
    pub fn call(self, error: Option<Error>, verdict: Verdict, mut ctx: Box<Context>) -> Bounce {
        let Self { units, at, walk, done } = self;
        match error {
            Some(error) => done.call(Some(error), ctx),
            None if verdict.settle(&mut ctx, units[at].name()) => done.call(None, ctx),
            // Returned as a step. If it were called here, units that answer at once would fill the
            // stack.
            None => {
                let domain = done.domain();
                Bounce::Step(Box::new(move || step(units, walk, ctx, done)), domain)
            }
        }
    }

    /// Waits for an operation, as [`Done::wait`] does.
    pub fn wait<T: Send + 'static>(
        self,
        pending: Pending<T>,
        run: impl FnOnce(Result<T, Failure>, Asked) -> Bounce + Send + 'static,
    ) -> Bounce {
        let Self { units, at, walk, done } = self;
        done.wait(pending, move |ending, done| run(ending, Self { units, at, walk, done }))
    }

    /// Waits for a thunk, as [`Done::hear`] does.
    pub fn hear<T: Clone + Send + 'static>(
        self,
        thunk: &Thunk<T>,
        run: impl FnOnce(Ending<T>, Asked) -> Bounce + Send + 'static,
    ) -> Bounce {
        let Self { units, at, walk, done } = self;
        done.hear(thunk, move |ending, done| run(ending, Self { units, at, walk, done }))
    }
}
