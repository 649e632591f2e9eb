//! What a generator can yield, and which answer it gets.
//!
//! A generator can yield an operation of the host, the rest of the onion ([`Running`]), a
//! [`future`], a [`thunk`], another generator, or a `Vec` or a tuple of two to four of these. The
//! items of a `Vec` or a tuple run in parallel.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use ::pipeline::{
    Account, Begun, Called, Completer, Context, Created, Failure, Operation, Origin, Outcome,
    Pending, Profile, Ticket,
};
use genawaiter::GeneratorState;
use genawaiter::sync::GenBoxed;

use crate::unstarted::Unstarted;

/// A generator's handle on its driver.
pub type Co = genawaiter::sync::Co<Ask, Answer>;

/// A generator that is not started yet and ends with a `T`. A layer ends with the context and its
/// outcome.
pub type Routine<T = Back> = Unstarted<Generator<T>>;

/// A generator under way.
pub type Generator<T = Back> = GenBoxed<Ask, Answer, T>;

/// What comes back from a layer.
pub type Back = (Box<Context>, Outcome);

/// Makes a generator of a block: `go!(co => { … yield_!(co, question) … })`.
#[macro_export]
macro_rules! go {
    ($co:ident => $body:block) => {
        $crate::ask::routine(move |$co: $crate::ask::Co| async move $body)
    };
}

/// Waits. In a generator, `yield_!(co, question)` waits for the driver's answer. An answer that is
/// there already is taken without the driver, because to leave the generator and resume it costs
/// more than most answers. In a stream, which has no driver, it is `yield_!(future)`.
#[macro_export]
macro_rules! yield_ {
    ($co:expr, $question:expr) => {
        'answered: {
            let (ask, answer) = match $crate::ask::ask($question) {
                Ok(answer) => break 'answered answer,
                Err(open) => open,
            };
            answer($co.yield_(ask).await)
        }
    };
    ($future:expr) => {
        $future.await
    };
}

/// The other half of [`go!`].
pub fn routine<F>(body: impl FnOnce(Co) -> F) -> Routine<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    Routine::new(Generator::new_boxed(body))
}

/// The first half of [`yield_!`]: the answer, if it is there already.
///
/// # Errors
/// Otherwise the question to the driver.
pub fn ask<Y: Yieldable>(question: Y) -> Result<Y::Answer, Open<Y::Answer>> {
    question.try_answer().map_err(|question| (question.ask(), Y::answer as _))
}

/// A question, and how to read the answer to it.
pub type Open<T> = (Ask, fn(Answer) -> T);

/// Something that a generator may yield. The set of types is fixed here, but open in JavaScript:
/// there, yielding a number is an error at run time; here, it does not compile.
pub trait Yieldable: Send + 'static {
    /// What the `yield` returns.
    type Answer;

    /// The answer, if the driver need not wait for it.
    ///
    /// # Errors
    /// Gives the question back, which is then to be asked.
    fn try_answer(self) -> Result<Self::Answer, Self>
    where
        Self: Sized,
    {
        Err(self)
    }

    /// The question.
    fn ask(self) -> Ask;

    /// Reads the answer to [`Yieldable::ask`].
    ///
    /// # Panics
    /// If the answer belongs to another question. The driver never gives such an answer.
    fn answer(answer: Answer) -> Self::Answer;
}

/// A question. The host's operations have their own variants, so they need no box.
pub enum Ask {
    /// [`Host::account`](::pipeline::Host::account)
    Account(Pending<Option<Arc<Account>>>),
    /// [`Host::begin`](::pipeline::Host::begin)
    Begin(Pending<Begun>),
    /// An operation without a value.
    Unit(Pending<()>),
    /// The rest of the onion.
    Next(Running),
    /// Another generator.
    Routine(Box<dyn Resume>),
    /// Several questions in parallel.
    All(Vec<Ask>),
    /// Anything else.
    Other(Box<dyn Wait>),
}

/// A future that keeps its output in its own box, so that all have one type.
pub trait Wait: Any + Send {
    /// Polls it. When it is ready, its box is the answer.
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<()>;
}

/// A generator that keeps its result in its own box, so that all have one type.
pub trait Resume: Any + Send {
    /// Resumes it with the answer to its question. When it is complete, its box is the answer.
    fn resume(&mut self, answer: Answer) -> GeneratorState<Ask, ()>;
}

/// The layers further in, to be yielded.
#[must_use = "nothing below runs until this is yielded"]
pub struct Running {
    pub(crate) layers: Arc<dyn Layers>,
    pub(crate) at: usize,
    pub(crate) ctx: Box<Context>,
    pub(crate) contains: bool,
}

/// A list of layers. A layer gets the rest of its list, so it must know how lists are made. A
/// generator and its driver need not know this; they use this trait.
pub(crate) trait Layers: Send + Sync {
    /// The name of the layer at this place, or `None` if there are no more layers.
    fn name(&self, at: usize) -> Option<&'static str>;

    /// Opens the layer at this place.
    fn open(self: Arc<Self>, at: usize, ctx: Box<Context>) -> Routine;
}

impl Running {
    /// Whether a panic must be turned into an error, and the origin of the fresh context for it.
    pub(crate) fn contains(&self) -> Option<Arc<Origin>> {
        self.contains.then(|| Arc::clone(self.ctx.origin()))
    }

    /// [`Layers::name`]
    pub(crate) fn name(&self) -> Option<&'static str> {
        self.layers.name(self.at)
    }

    /// [`Layers::open`]
    pub(crate) fn open(self) -> Routine {
        self.layers.open(self.at, self.ctx)
    }
}

/// An answer.
pub enum Answer {
    /// For the first resumption, before any question.
    Start,
    /// To [`Ask::Account`].
    Account(Result<Option<Arc<Account>>, Failure>),
    /// To [`Ask::Begin`].
    Begun(Result<Begun, Failure>),
    /// To [`Ask::Unit`].
    Unit(Result<(), Failure>),
    /// To [`Ask::Next`].
    Back(Back),
    /// To [`Ask::All`], in the order of the questions.
    All(Vec<Answer>),
    /// To [`Ask::Routine`] and [`Ask::Other`].
    Other(Box<dyn Any + Send>),
}

/// Reads an answer. The question determines which variant it is.
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

    fn try_answer(self) -> Result<Self::Answer, Self> {
        self.try_take()
    }

    fn ask(self) -> Ask {
        Ask::Account(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Account)
    }
}

impl Yieldable for Pending<Begun> {
    type Answer = Result<Begun, Failure>;

    fn try_answer(self) -> Result<Self::Answer, Self> {
        self.try_take()
    }

    fn ask(self) -> Ask {
        Ask::Begin(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Begun)
    }
}

impl Yieldable for Pending<()> {
    type Answer = Result<(), Failure>;

    fn try_answer(self) -> Result<Self::Answer, Self> {
        self.try_take()
    }

    fn ask(self) -> Ask {
        Ask::Unit(self)
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::Unit)
    }
}

/// Operations of units. They are few, so they do not need variants of their own.
macro_rules! boxed {
    ($($value:ty),+) => {
        $(impl Yieldable for Pending<$value> {
            type Answer = Result<$value, Failure>;

            fn try_answer(self) -> Result<Self::Answer, Self> {
                self.try_take()
            }

            fn ask(self) -> Ask {
                Ask::Other(Box::new(Boxed::UnderWay(self)))
            }

            fn answer(answer: Answer) -> Self::Answer {
                unbox::<Self, _>(answer)
            }
        })+
    };
}

boxed! { Called, Option<Ticket>, Option<Profile>, Created }

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

/// Makes a future yieldable. A future that must not move has to be put into a pinned box before.
pub fn future<F>(future: F) -> Yielded<F>
where
    F: Future<Output: Send> + Send + Unpin + 'static,
{
    Yielded(future)
}

/// Makes a function with a callback yieldable. The function gets the callback and must complete it.
/// The answer is the value that the function gives to the callback, or the failure `abandoned`.
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
        Ask::Other(Box::new(Boxed::UnderWay(self.0)))
    }

    fn answer(answer: Answer) -> Self::Answer {
        unbox::<F, _>(answer)
    }
}

impl<T: Send + 'static> Yieldable for Routine<T> {
    type Answer = T;

    fn ask(self) -> Ask {
        Ask::Routine(Box::new(Boxed::UnderWay(self.start())))
    }

    fn answer(answer: Answer) -> Self::Answer {
        unbox::<Generator<T>, _>(answer)
    }
}

/// The questions are asked in parallel, and the answers are in the order of the questions. Each
/// question has its own answer: if one fails, the others are not cancelled and their answers are
/// not lost. In co's arrays they are lost.
impl<Y: Yieldable> Yieldable for Vec<Y> {
    type Answer = Vec<Y::Answer>;

    fn ask(self) -> Ask {
        Ask::All(self.into_iter().map(Y::ask).collect())
    }

    fn answer(answer: Answer) -> Self::Answer {
        read!(answer, Answer::All).into_iter().map(Y::answer).collect()
    }
}

/// Different questions in parallel. They are answered like the questions of a `Vec`.
macro_rules! tuple {
    ($($question:ident $at:tt),+) => {
        impl<$($question: Yieldable),+> Yieldable for ($($question),+) {
            type Answer = ($($question::Answer),+);

            fn ask(self) -> Ask {
                Ask::All(vec![$(self.$at.ask()),+])
            }

            fn answer(answer: Answer) -> Self::Answer {
                let mut answers = read!(answer, Answer::All).into_iter();
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

/// What is under way, or what it ended with, which takes its place: both need one box only.
enum Boxed<F, T> {
    UnderWay(F),
    Over(T),
}

impl<F: Future<Output: Send> + Send + Unpin + 'static> Wait for Boxed<F, F::Output> {
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<()> {
        let Self::UnderWay(future) = self else { panic!("a future was polled after it was ready") };
        *self = Self::Over(ready!(Pin::new(future).poll(task)));
        Poll::Ready(())
    }
}

impl<T: Send + 'static> Resume for Boxed<Generator<T>, T> {
    fn resume(&mut self, answer: Answer) -> GeneratorState<Ask, ()> {
        let Self::UnderWay(generator) = self else {
            panic!("a generator was resumed after its end")
        };
        match generator.resume_with(answer) {
            GeneratorState::Yielded(ask) => GeneratorState::Yielded(ask),
            GeneratorState::Complete(end) => {
                *self = Self::Over(end);
                GeneratorState::Complete(())
            }
        }
    }
}

fn unbox<F: 'static, T: 'static>(answer: Answer) -> T {
    match read!(answer, Answer::Other).downcast().map(|boxed| *boxed) {
        Ok(Boxed::<F, T>::Over(end)) => end,
        _ => unreachable!("the driver answers what was asked"),
    }
}
