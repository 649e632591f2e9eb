//! `co`: drives a generator, or an onion without one around it. What a generator yields is waited
//! for, and the answer is what the `yield` returns.
//!
//! Yieldable are an operation of the host, the rest of the onion ([`Running`]), a [`future`], a
//! [`thunk`], another generator, and a `Vec` or a tuple of two to four of these in parallel.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use ::pipeline::{
    Account, Begun, Class, Completer, Context, Error, Failure, Operation, Origin, Outcome, Pending,
    Span,
};
use genawaiter::GeneratorState;
use genawaiter::sync::GenBoxed;

use crate::compose::Running;

/// A generator's handle on its driver.
pub type Co = genawaiter::sync::Co<Ask, Answer>;

/// A generator that ends with a `T`. Layers end with the context and how they ended.
pub type Routine<T = Back> = GenBoxed<Ask, Answer, T>;

/// What comes back from a layer.
pub type Back = (Box<Context>, Outcome);

/// Makes a generator of a block: `go!(co => { … yield_!(co, question) … })`.
#[macro_export]
macro_rules! go {
    ($co:ident => $body:block) => {
        $crate::co::routine(move |$co: $crate::co::Co| async move $body)
    };
}

/// Waits: `yield_!(co, question)` for the driver's answer, in a generator; `yield_!(future)` in a
/// stream, which has no driver to ask.
#[macro_export]
macro_rules! yield_ {
    ($co:expr, $question:expr) => {{
        let (ask, answer) = $crate::co::ask($question);
        answer($co.yield_(ask).await)
    }};
    ($future:expr) => {
        $future.await
    };
}

/// The other half of [`go!`].
pub fn routine<F>(body: impl FnOnce(Co) -> F) -> Routine<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    Routine::new_boxed(body)
}

/// The first half of [`yield_!`]: the question, and how to read its answer.
pub fn ask<Y: Yieldable>(question: Y) -> (Ask, fn(Answer) -> Y::Answer) {
    (question.ask(), Y::answer)
}

/// Something that a generator may yield. The set is closed where JavaScript's is open: yielding a
/// number is a run-time error there and does not compile here.
pub trait Yieldable: Send + 'static {
    /// What the `yield` returns.
    type Answer;

    /// The question.
    fn ask(self) -> Ask;

    /// Reads the answer to [`Yieldable::ask`].
    ///
    /// # Panics
    /// On the answer to another question, which no driver gives.
    fn answer(answer: Answer) -> Self::Answer;
}

/// A question. The host's operations are variants of their own: they need no box.
pub enum Ask {
    /// [`Host::account`](::pipeline::Host::account)
    Account(Pending<Option<Arc<Account>>>),
    /// [`Host::begin`](::pipeline::Host::begin)
    Begin(Pending<Begun>),
    /// An operation that answers nothing.
    Unit(Pending<()>),
    /// The rest of the onion.
    Next(Running),
    /// Anything else.
    Other(Other),
}

type Other = Pin<Box<dyn Future<Output = Box<dyn Any + Send>> + Send>>;

/// An answer.
pub enum Answer {
    /// The first resumption, which answers nothing.
    Start,
    /// To [`Ask::Account`].
    Account(Result<Option<Arc<Account>>, Failure>),
    /// To [`Ask::Begin`].
    Begun(Result<Begun, Failure>),
    /// To [`Ask::Unit`].
    Unit(Result<(), Failure>),
    /// To [`Ask::Next`].
    Back(Back),
    /// To [`Ask::Other`].
    Other(Box<dyn Any + Send>),
}

/// Reads an answer, whose kind the question has fixed.
macro_rules! read {
    ($answer:expr, $kind:path) => {
        match $answer {
            $kind(answer) => answer,
            _ => unreachable!("the driver answers what was asked"),
        }
    };
}

impl Yieldable for Pending<Option<Arc<Account>>> {
    type Answer = Result<Option<Arc<Account>>, Failure>;

    fn ask(self) -> Ask {
        Ask::Account(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Account)
    }
}

impl Yieldable for Pending<Begun> {
    type Answer = Result<Begun, Failure>;

    fn ask(self) -> Ask {
        Ask::Begin(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Begun)
    }
}

impl Yieldable for Pending<()> {
    type Answer = Result<(), Failure>;

    fn ask(self) -> Ask {
        Ask::Unit(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Unit)
    }
}

impl Yieldable for Running {
    type Answer = Back;

    fn ask(self) -> Ask {
        Ask::Next(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Back)
    }
}

/// A future as a [`Yieldable`]; made by [`future`].
pub struct Yielded<F>(F);

/// Makes a future yieldable. One that must stay in its place is pinned in a box before.
pub fn future<F>(future: F) -> Yielded<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    Yielded(future)
}

/// Makes a function with a callback yieldable: it is given the callback and has to complete it.
/// The answer is what it completes it with, or the failure `abandoned`.
pub fn thunk<T: Send + 'static>(start: impl FnOnce(Completer<T>)) -> Yielded<Pending<T>> {
    let (completer, pending) = Pending::new(Operation::Sleep);
    start(completer);
    Yielded(pending)
}

impl<F> Yieldable for Yielded<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    type Answer = F::Output;

    fn ask(self) -> Ask {
        Ask::Other(Box::pin(Boxed(self.0)))
    }

    fn answer(answer: Answer) -> Self::Answer {
        unbox(answer)
    }
}

impl<T: Send + 'static> Yieldable for Routine<T> {
    type Answer = T;

    fn ask(self) -> Ask {
        future(co(self)).ask()
    }

    fn answer(answer: Answer) -> Self::Answer {
        unbox(answer)
    }
}

/// In parallel; the answers in the order of the questions. Each answers for itself: a failure
/// neither cancels the others nor loses their answers, as with co's arrays.
impl<Y: Yieldable> Yieldable for Vec<Y> {
    type Answer = Vec<Y::Answer>;

    fn ask(self) -> Ask {
        future(All::new(self.into_iter().map(Y::ask))).ask()
    }

    fn answer(answer: Answer) -> Self::Answer {
        unbox::<Vec<Answer>>(answer).into_iter().map(Y::answer).collect()
    }
}

/// Different questions in parallel, answered as those of a `Vec`.
macro_rules! tuple {
    ($($question:ident $at:tt),+) => {
        impl<$($question: Yieldable),+> Yieldable for ($($question),+) {
            type Answer = ($($question::Answer),+);

            fn ask(self) -> Ask {
                future(All::new([$(self.$at.ask()),+])).ask()
            }

            fn answer(answer: Answer) -> Self::Answer {
                let mut answers = unbox::<Vec<Answer>>(answer).into_iter();
                let mut next = || match answers.next() {
                    Some(answer) => answer,
                    None => unreachable!("each question has its answer"),
                };
                ($($question::answer(next())),+)
            }
        }
    };
}

tuple! { A 0, B 1 }
tuple! { A 0, B 1, C 2 }
tuple! { A 0, B 1, C 2, D 3 }

fn unbox<T: 'static>(answer: Answer) -> T {
    match read!(answer, Answer::Other).downcast() {
        Ok(answer) => *answer,
        Err(_) => unreachable!("the driver answers what was asked"),
    }
}

/// A future whose output is boxed, so that all have one type.
struct Boxed<F>(F);

impl<F: Future<Output: Send + 'static> + Unpin> Future for Boxed<F> {
    type Output = Box<dyn Any + Send>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(task).map(|output| Box::new(output) as Self::Output)
    }
}

/// Several questions in parallel, with the answers that have come.
struct All(Vec<(Waiting, Option<Answer>)>);

impl All {
    fn new(asks: impl IntoIterator<Item = Ask>) -> Self {
        Self(asks.into_iter().map(|ask| (Waiting::from(ask), None)).collect())
    }
}

impl Future for All {
    type Output = Vec<Answer>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        for (waiting, answer) in self.0.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(ready) = waiting.poll(task) {
                *answer = Some(ready);
            }
        }
        if self.0.iter().any(|(_, answer)| answer.is_none()) {
            return Poll::Pending;
        }
        Poll::Ready(
            std::mem::take(&mut self.0).into_iter().filter_map(|(_, answer)| answer).collect(),
        )
    }
}

/// What a driver waits for.
enum Waiting {
    Now(Option<Answer>),
    Account(Pending<Option<Arc<Account>>>),
    Begin(Pending<Begun>),
    Unit(Pending<()>),
    /// An onion among questions in parallel: it needs a stack of its own.
    Onion(Box<Drive>),
    Other(Other),
}

impl From<Ask> for Waiting {
    fn from(ask: Ask) -> Self {
        match ask {
            Ask::Account(pending) => Self::Account(pending),
            Ask::Begin(pending) => Self::Begin(pending),
            Ask::Unit(pending) => Self::Unit(pending),
            Ask::Other(other) => Self::Other(other),
            Ask::Next(running) => Self::Onion(Box::new(onion(running, |back| back))),
        }
    }
}

impl Waiting {
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<Answer> {
        match self {
            Self::Now(answer) => match answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => panic!("a driver was polled after it was ready"),
            },
            Self::Account(pending) => Pin::new(pending).poll(task).map(Answer::Account),
            Self::Begin(pending) => Pin::new(pending).poll(task).map(Answer::Begun),
            Self::Unit(pending) => Pin::new(pending).poll(task).map(Answer::Unit),
            Self::Onion(onion) => Pin::new(onion).poll(task).map(Answer::Back),
            Self::Other(other) => other.as_mut().poll(task).map(Answer::Other),
        }
    }
}

/// Drives a generator to its end. Nothing happens before the first poll, where JavaScript's `co`
/// runs up to the first `yield` at once.
pub fn co<T>(root: Routine<T>) -> Drive<T> {
    drive(Root::Routine(root))
}

/// Drives the layers of an onion to their end, and makes `end` of it. Nothing happens before the
/// first poll.
pub fn onion<T>(layers: Running, end: fn(Back) -> T) -> Drive<T> {
    drive(Root::Onion(Some(layers), end))
}

fn drive<T>(root: Root<T>) -> Drive<T> {
    Drive { waiting: Waiting::Now(Some(Answer::Start)), frames: Frames(Vec::new()), root }
}

/// A generator or an onion on its way, with the layers that it has opened. The fields are dropped
/// in their order: innermost first.
#[must_use = "what is not driven does nothing"]
pub struct Drive<T = Back> {
    waiting: Waiting,
    frames: Frames,
    root: Root<T>,
}

/// What is driven.
enum Root<T> {
    /// A generator, which may open an onion.
    Routine(Routine<T>),
    /// An onion without a generator around it, until it is opened; and what comes of its end.
    Onion(Option<Running>, fn(Back) -> T),
}

/// The layers under way, outermost first. A bare `Vec` would drop the outermost first.
struct Frames(Vec<Frame>);

impl Drop for Frames {
    fn drop(&mut self) {
        while self.0.pop().is_some() {}
    }
}

/// A layer under way. The generator is dropped before its span.
struct Frame {
    layer: Routine,
    span: Option<Span>,
    /// Whether the one who opened it wants a panic as an error, and where its fresh context
    /// comes from.
    contains: Option<Arc<Origin>>,
}

impl<T> Unpin for Drive<T> {}

impl<T> Future for Drive<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<T> {
        loop {
            let waited = catch_unwind(AssertUnwindSafe(|| self.waiting.poll(task)));
            let answer = match waited {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(answer)) => answer,
                Err(panic) => {
                    self.unwind(None, panic);
                    continue;
                }
            };
            let Some(top) = self.frames.0.last_mut() else {
                match &mut self.root {
                    Root::Routine(routine) => match routine.resume_with(answer) {
                        GeneratorState::Yielded(ask) => self.wait(ask),
                        GeneratorState::Complete(value) => return Poll::Ready(value),
                    },
                    Root::Onion(layers, end) => match layers.take() {
                        Some(layers) => self.wait(Ask::Next(layers)),
                        None => return Poll::Ready(end(read!(answer, Answer::Back))),
                    },
                }
                continue;
            };
            match catch_unwind(AssertUnwindSafe(|| top.layer.resume_with(answer))) {
                Ok(GeneratorState::Yielded(ask)) => self.wait(ask),
                Ok(GeneratorState::Complete(back)) => self.leave(back),
                Err(panic) => self.unwind(None, panic),
            }
        }
    }
}

impl<T> Drive<T> {
    /// `yield`: an operation is waited for, a layer is opened.
    fn wait(&mut self, ask: Ask) {
        let Ask::Next(running) = ask else {
            self.waiting = ask.into();
            return;
        };
        let Running { next, ctx, contains } = running;
        let contains = contains.then(|| Arc::clone(ctx.origin()));
        let mut span = None;
        match catch_unwind(AssertUnwindSafe(|| next.open(ctx, &mut span))) {
            Ok(Ok(layer)) => {
                self.frames.0.push(Frame { layer, span, contains });
                self.waiting = Waiting::Now(Some(Answer::Start));
            }
            // The centre: there is nothing left to do.
            Ok(Err(ctx)) => self.waiting = Waiting::Now(Some(Answer::Back((ctx, Ok(()))))),
            Err(panic) => {
                drop(span);
                self.unwind(contains, panic);
            }
        }
    }

    /// The innermost layer has ended: the one that opened it goes on.
    fn leave(&mut self, back: Back) {
        if let Some(Frame { layer, span, .. }) = self.frames.0.pop() {
            drop(layer);
            if let Some(span) = span {
                span.leave(Class::of(&back.1));
            }
        }
        self.waiting = Waiting::Now(Some(Answer::Back(back)));
    }

    /// A panic: layers are dropped from the innermost outward, up to the one that is contained.
    /// Where none is, the panic goes on.
    fn unwind(&mut self, mut contains: Option<Arc<Origin>>, panic: Box<dyn Any + Send>) {
        self.waiting = Waiting::Now(None);
        while contains.is_none() {
            match self.frames.0.pop() {
                Some(mut frame) => contains = frame.contains.take(),
                None => resume_unwind(panic),
            }
        }
        if let Some(origin) = contains {
            let back = (Box::new(Context::of(&origin)), Err(Error::Panicked));
            self.waiting = Waiting::Now(Some(Answer::Back(back)));
        }
    }
}
