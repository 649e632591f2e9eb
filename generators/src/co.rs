//! `co`: drives a generator, or an onion without a generator around it. It waits for what a
//! generator yields, and makes the `yield` return the answer.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use ::pipeline::{Account, Begun, Class, Context, Error, Origin, Pending, Span};
use genawaiter::GeneratorState;

use crate::all::{All, all};
use crate::ask::{Answer, Ask, Back, Generator, Other, Resume, Routine, Running};

/// How many drivers may be polled within each other.
///
/// A generator that is yielded needs no driver of its own: it becomes one more frame of the current
/// driver. A generator in a list runs in parallel with others and needs frames of its own, so lists
/// inside lists are polled and dropped by recursion. A stack overflow would abort the process. This
/// limit causes a panic instead, and a layer can contain a panic.
pub const NESTED: usize = 100;

/// Drives a generator to its end. Nothing happens before the first poll. In JavaScript, `co`
/// instead runs up to the first `yield` at once.
pub fn co<T>(root: Routine<T>) -> Drive<T> {
    let waiting = Waiting::Now(Some(Answer::Start));
    Drive { stack: Stack::new(waiting), root: Root::Routine(root.start()) }
}

/// Drives the layers of an onion to their end, and calls `end` with the result. Nothing happens
/// before the first poll.
pub fn onion<T>(layers: Running, end: fn(Back) -> T) -> Drive<T> {
    let waiting = Waiting::Unasked(Some(Ask::Next(layers)));
    Drive { stack: Stack::new(waiting), root: Root::Onion(end) }
}

/// A generator or an onion under way, and what it has opened. The fields are dropped in this order:
/// innermost first.
#[must_use = "what is not driven does nothing"]
pub struct Drive<T: 'static = Back> {
    stack: Stack,
    root: Root<T>,
}

/// What is driven. It is not a frame, because then its type would need a box.
enum Root<T: 'static> {
    /// A generator, which may open an onion.
    Routine(Generator<T>),
    /// An onion without a generator around it, with the function that makes the result.
    Onion(fn(Back) -> T),
}

impl<T> Unpin for Drive<T> {}

impl<T> Future for Drive<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<T> {
        let Drive { stack, root } = &mut *self;
        loop {
            let answer = ready!(stack.poll(task));
            match root {
                Root::Routine(generator) => match generator.resume_with(answer) {
                    GeneratorState::Yielded(ask) => stack.ask(ask),
                    GeneratorState::Complete(end) => return Poll::Ready(end),
                },
                Root::Onion(end) => match answer {
                    Answer::Back(back) => return Poll::Ready(end(back)),
                    _ => unreachable!("an onion ends with what comes back from its layers"),
                },
            }
        }
    }
}

/// The generators under way, and what the innermost of them waits for. The fields are dropped in
/// this order.
struct Stack {
    waiting: Waiting,
    frames: Frames,
}

/// The frames, outermost first. A plain `Vec` would drop the outermost first.
struct Frames(Vec<Frame>);

impl Drop for Frames {
    fn drop(&mut self) {
        while self.0.pop().is_some() {}
    }
}

/// A generator under way that the frame before it has opened.
enum Frame {
    /// The generator is dropped before its span.
    Layer {
        layer: Generator,
        span: Option<Span>,
        /// [`Running::contains`]
        contains: Option<Arc<Origin>>,
    },
    Routine(Box<dyn Resume>),
}

impl Frame {
    fn resume(&mut self, answer: Answer) -> GeneratorState<Ask, Answer> {
        match self {
            Self::Layer { layer, .. } => match layer.resume_with(answer) {
                GeneratorState::Yielded(ask) => GeneratorState::Yielded(ask),
                GeneratorState::Complete(back) => GeneratorState::Complete(Answer::Back(back)),
            },
            Self::Routine(routine) => routine.resume(answer),
        }
    }

    /// Drops the generator. If it is a layer, records in its span how the layer ended.
    fn leave(self, answer: &Answer) {
        if let Self::Layer { layer, span, .. } = self {
            drop(layer);
            if let (Some(span), Answer::Back((_, outcome))) = (span, answer) {
                span.leave(Class::of(outcome));
            }
        }
    }
}

impl Stack {
    fn new(waiting: Waiting) -> Self {
        Self { waiting, frames: Frames(Vec::new()) }
    }

    /// Continues until there are no frames left. The answer is the answer of the outermost frame.
    /// If there are no frames, it is the answer of what the stack waits for.
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<Answer> {
        let _nested = Nested::enter();
        if let Waiting::Unasked(ask) = &mut self.waiting
            && let Some(ask) = ask.take()
        {
            self.ask(ask);
        }
        loop {
            let waited = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.waiting).poll(task)));
            let answer = match waited {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(answer)) => answer,
                Err(panic) => {
                    self.unwind(None, panic);
                    continue;
                }
            };
            let Some(top) = self.frames.0.last_mut() else { return Poll::Ready(answer) };
            match catch_unwind(AssertUnwindSafe(|| top.resume(answer))) {
                Ok(GeneratorState::Yielded(ask)) => self.ask(ask),
                Ok(GeneratorState::Complete(answer)) => {
                    if let Some(frame) = self.frames.0.pop() {
                        frame.leave(&answer);
                    }
                    self.waiting = Waiting::Now(Some(answer));
                }
                Err(panic) => self.unwind(None, panic),
            }
        }
    }

    /// `yield`: opens a layer or another generator, and waits for anything else.
    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Next(layers) => self.open(layers),
            Ask::Routine(routine) => self.push(Frame::Routine(routine)),
            ask => self.waiting = Waiting::on(ask),
        }
    }

    fn push(&mut self, frame: Frame) {
        self.frames.0.push(frame);
        self.waiting = Waiting::Now(Some(Answer::Start));
    }

    fn open(&mut self, layers: Running) {
        let contains = layers.contains();
        let mut span = None;
        match catch_unwind(AssertUnwindSafe(|| layers.open(&mut span))) {
            Ok(Ok(layer)) => self.push(Frame::Layer { layer: layer.start(), span, contains }),
            // There are no more layers, so there is nothing left to do.
            Ok(Err(ctx)) => self.waiting = Waiting::Now(Some(Answer::Back((ctx, Ok(()))))),
            Err(panic) => {
                drop(span);
                self.unwind(contains, panic);
            }
        }
    }

    /// Handles a panic: drops frames from the innermost outward, up to the first layer whose panics
    /// are contained. If there is no such layer, the panic goes on.
    fn unwind(&mut self, mut contains: Option<Arc<Origin>>, panic: Box<dyn Any + Send>) {
        self.waiting = Waiting::Now(None);
        while contains.is_none() {
            match self.frames.0.pop() {
                Some(Frame::Layer { contains: this, layer, span }) => {
                    drop(layer);
                    drop(span);
                    contains = this;
                }
                Some(Frame::Routine(_)) => {}
                None => resume_unwind(panic),
            }
        }
        if let Some(origin) = contains {
            let back = (Box::new(Context::of(&origin)), Err(Error::Panicked));
            self.waiting = Waiting::Now(Some(Answer::Back(back)));
        }
    }
}

/// What a stack waits for.
enum Waiting {
    /// It waits for nothing: the answer is there, or it was already taken.
    Now(Option<Answer>),
    /// A question that waits for its first poll, or was already asked.
    Unasked(Option<Ask>),
    Account(Pending<Option<Arc<Account>>>),
    Begin(Pending<Begun>),
    Unit(Pending<()>),
    All(All<Waiting>),
    /// A generator or an onion among questions in parallel.
    Stack(Box<Stack>),
    Other(Other),
}

impl Waiting {
    fn on(ask: Ask) -> Self {
        match ask {
            Ask::Account(pending) => Self::Account(pending),
            Ask::Begin(pending) => Self::Begin(pending),
            Ask::Unit(pending) => Self::Unit(pending),
            Ask::All(asks) => Self::All(all(asks.into_iter().map(Self::on).collect())),
            Ask::Other(other) => Self::Other(other),
            ask @ (Ask::Next(_) | Ask::Routine(_)) => {
                Self::Stack(Box::new(Stack::new(Self::Unasked(Some(ask)))))
            }
        }
    }
}

impl Future for Waiting {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Answer> {
        match &mut *self {
            Self::Now(answer) => match answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => panic!("a driver was polled after it was ready"),
            },
            Self::Unasked(_) => unreachable!("it is asked before"),
            Self::Account(pending) => Pin::new(pending).poll(task).map(Answer::Account),
            Self::Begin(pending) => Pin::new(pending).poll(task).map(Answer::Begun),
            Self::Unit(pending) => Pin::new(pending).poll(task).map(Answer::Unit),
            Self::All(all) => Pin::new(all).poll(task).map(Answer::All),
            Self::Stack(stack) => stack.poll(task),
            Self::Other(other) => other.as_mut().poll(task).map(Answer::Other),
        }
    }
}

thread_local! {
    /// How many drivers this thread polls, each inside the one before.
    static POLLED: Cell<usize> = const { Cell::new(0) };
}

/// A driver that is being polled.
struct Nested;

impl Nested {
    fn enter() -> Self {
        let polled = POLLED.get();
        assert!(polled < NESTED, "more than {NESTED} drivers within each other: lists in lists");
        POLLED.set(polled + 1);
        Self
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        POLLED.set(POLLED.get() - 1);
    }
}
