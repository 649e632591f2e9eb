//! `co`: drives a generator, or an onion without a generator around it. It waits for what a
//! generator yields, and makes the `yield` return the answer.

use std::any::Any;
use std::cell::Cell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use ::pipeline::{Account, Begun, Class, Context, Error, Origin, Pending, Span};
use genawaiter::GeneratorState;

use crate::all::{All, all};
use crate::ask::{Answer, Ask, Back, Generator, Resume, Running, Wait, Yieldable};

/// How many drivers may be polled within each other.
///
/// A generator that is yielded needs no driver of its own: it becomes one more frame of the current
/// driver. A generator in a list runs in parallel with others and needs frames of its own, so lists
/// inside lists are polled and dropped by recursion. A stack overflow would abort the process. This
/// limit causes a panic instead, and a layer can contain a panic.
pub const NESTED: usize = 100;

/// Drives a generator, or the layers of an onion, to its end. Nothing happens before the first poll.
/// In JavaScript, `co` instead runs up to the first `yield` at once.
pub fn co<Y: Yieldable>(question: Y) -> Drive<Y::Answer> {
    drive(question.ask(), Y::answer)
}

/// Drives what is asked to its end, and makes the result of the answer by `end`.
pub fn drive<T>(ask: Ask, end: fn(Answer) -> T) -> Drive<T> {
    Drive { stack: Stack::asking(ask), end }
}

/// A generator or an onion under way, and what it has opened.
#[must_use = "what is not driven does nothing"]
pub struct Drive<T = Back> {
    stack: Stack,
    end: fn(Answer) -> T,
}

impl<T> Future for Drive<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<T> {
        self.stack.poll(task).map(self.end)
    }
}

/// The generators under way, and what the innermost of them waits for. The fields are dropped in
/// this order: innermost first.
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

enum Frame {
    /// A layer under way.
    Layer(Generator),
    /// A generator under way that the frame before it has yielded.
    Routine(Box<dyn Resume>),
    /// What is around a layer; most layers have nothing around them.
    Around {
        span: Option<Span>,
        /// [`Running::contains`]
        contains: Option<Arc<Origin>>,
    },
}

impl Stack {
    fn asking(ask: Ask) -> Self {
        Self { waiting: Waiting::Unasked(ask), frames: Frames(Vec::with_capacity(8)) }
    }

    /// Continues until there are no frames left. The answer is the answer of the outermost frame.
    /// If there are no frames, it is the answer of what the stack waits for.
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<Answer> {
        let _nested = Nested::enter();
        let mut contained = None;
        loop {
            let step = AssertUnwindSafe(|| self.run(contained.take(), task));
            match catch_unwind(step) {
                Ok(polled) => return polled,
                Err(panic) => contained = Some(self.unwind(panic)),
            }
        }
    }

    /// Resumes the innermost frame again and again, until it must wait or no frame is left.
    fn run(&mut self, contained: Option<Answer>, task: &mut Task<'_>) -> Poll<Answer> {
        let mut answer = match contained {
            Some(answer) => answer,
            None => match mem::replace(&mut self.waiting, Waiting::Over) {
                Waiting::Unasked(ask) => ready!(self.ask(ask, task)),
                waiting => ready!(self.wait(waiting, task)),
            },
        };
        loop {
            let ask = match self.frames.0.last_mut() {
                Some(Frame::Layer(layer)) => match layer.resume_with(answer) {
                    GeneratorState::Yielded(ask) => ask,
                    GeneratorState::Complete(back) => {
                        self.frames.0.pop();
                        answer = Answer::Back(back);
                        continue;
                    }
                },
                Some(Frame::Routine(routine)) => match routine.resume(answer) {
                    GeneratorState::Yielded(ask) => ask,
                    GeneratorState::Complete(()) => match self.frames.0.pop() {
                        Some(Frame::Routine(over)) => {
                            answer = Answer::Other(over);
                            continue;
                        }
                        _ => unreachable!("it is still the innermost"),
                    },
                },
                Some(Frame::Around { span, .. }) => {
                    if let (Some(span), Answer::Back((_, outcome))) = (span.take(), &answer) {
                        span.leave(Class::of(outcome));
                    }
                    self.frames.0.pop();
                    continue;
                }
                None => return Poll::Ready(answer),
            };
            answer = ready!(self.ask(ask, task));
        }
    }

    /// `yield`: opens a layer or another generator, and waits for anything else.
    fn ask(&mut self, ask: Ask, task: &mut Task<'_>) -> Poll<Answer> {
        match ask {
            Ask::Next(layers) => Poll::Ready(self.open(layers)),
            Ask::Routine(routine) => {
                self.frames.0.push(Frame::Routine(routine));
                Poll::Ready(Answer::Start)
            }
            ask => self.wait(Waiting::on(ask), task),
        }
    }

    fn wait(&mut self, mut waiting: Waiting, task: &mut Task<'_>) -> Poll<Answer> {
        let polled = Pin::new(&mut waiting).poll(task);
        if polled.is_pending() {
            self.waiting = waiting;
        }
        polled
    }

    fn open(&mut self, layers: Running) -> Answer {
        // If there are no more layers, there is nothing left to do.
        let Some(name) = layers.name() else { return Answer::Back((layers.ctx, Ok(()))) };
        let (span, contains) = (Span::enter(layers.ctx.origin(), name), layers.contains());
        if span.is_some() || contains.is_some() {
            // Before the layer's own function is called, because that may panic, too.
            self.frames.0.push(Frame::Around { span, contains });
        }
        self.frames.0.push(Frame::Layer(layers.open().start()));
        Answer::Start
    }

    /// Handles a panic: drops frames from the innermost outward, up to the first layer whose panics
    /// are contained, and returns the answer that this layer gives. If there is no such layer, the
    /// panic goes on.
    fn unwind(&mut self, panic: Box<dyn Any + Send>) -> Answer {
        loop {
            match self.frames.0.pop() {
                Some(Frame::Around { contains: Some(origin), .. }) => {
                    return Answer::Back((Box::new(Context::of(&origin)), Err(Error::Panicked)));
                }
                Some(_) => {}
                None => resume_unwind(panic),
            }
        }
    }
}

/// What a stack waits for.
enum Waiting {
    /// It was asked for, and its answer was taken.
    Over,
    /// A question that waits for the first poll.
    Unasked(Ask),
    Account(Pending<Option<Arc<Account>>>),
    Begin(Pending<Begun>),
    Unit(Pending<()>),
    All(All<Waiting>),
    /// A generator or an onion among questions in parallel.
    Stack(Box<Stack>),
    Other(Box<dyn Wait>),
}

impl Waiting {
    fn on(ask: Ask) -> Self {
        match ask {
            Ask::Account(pending) => Self::Account(pending),
            Ask::Begin(pending) => Self::Begin(pending),
            Ask::Unit(pending) => Self::Unit(pending),
            Ask::All(asks) => Self::All(all(asks.into_iter().map(Self::on).collect())),
            Ask::Other(other) => Self::Other(other),
            ask @ (Ask::Next(_) | Ask::Routine(_)) => Self::Stack(Box::new(Stack::asking(ask))),
        }
    }
}

impl Future for Waiting {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Answer> {
        match &mut *self {
            Self::Over => panic!("a driver was polled after it was ready"),
            Self::Unasked(_) => unreachable!("it is asked before"),
            Self::Account(pending) => Pin::new(pending).poll(task).map(Answer::Account),
            Self::Begin(pending) => Pin::new(pending).poll(task).map(Answer::Begun),
            Self::Unit(pending) => Pin::new(pending).poll(task).map(Answer::Unit),
            Self::All(all) => Pin::new(all).poll(task).map(Answer::All),
            Self::Stack(stack) => stack.poll(task),
            Self::Other(other) => {
                ready!(other.poll(task));
                match mem::replace(&mut *self, Self::Over) {
                    Self::Other(over) => Poll::Ready(Answer::Other(over)),
                    _ => unreachable!("it is still the same"),
                }
            }
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
