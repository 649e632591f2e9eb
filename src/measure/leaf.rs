//! Waiting for one operation in each style: with a callback, a promise, a generator's `yield` and
//! an `await`. The operation is either ready at once or really waits. The straight line cannot
//! wait, so it just takes the value.

use std::cell::Cell;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Waker};

use futures::FutureExt;
use generators::co::co;
use generators::{go, yield_};
use pipeline::{Completer, Failure, Operation, Pending};

/// One form of waiting, for an operation that is ready or that waits.
pub struct Leaf {
    /// The form: `straight line`, `callback`, `promise`, `generator` or `await`.
    pub form: &'static str,
    /// Whether it really waits.
    pub waits: bool,
    /// Waits for one operation. The consumer is told once that it has ended.
    pub run: fn(),
    /// The allocations of the form itself: the consumer is told of an end, but there is no
    /// operation.
    pub own: fn(),
}

/// The straight line, then the forms in the order of the styles. Each form comes twice: ready, then
/// waiting.
pub const LEAVES: [Leaf; 9] = [
    Leaf { form: "straight line", waits: false, run: taken, own: callback_called },
    Leaf { form: "callback", waits: false, run: callback_ready, own: callback_called },
    Leaf { form: "callback", waits: true, run: callback_waits, own: callback_kept },
    Leaf { form: "promise", waits: false, run: promise_ready, own: callback_called },
    Leaf { form: "promise", waits: true, run: promise_waits, own: callback_called },
    Leaf { form: "generator", waits: false, run: generator_ready, own: generator_ends },
    Leaf { form: "generator", waits: true, run: generator_waits, own: generator_ends },
    Leaf { form: "await", waits: false, run: await_ready, own: callback_called },
    Leaf { form: "await", waits: true, run: await_waits, own: callback_called },
];

impl Leaf {
    /// How many allocations the operation may cost: none if it is ready, one if it really waits.
    #[must_use]
    pub fn promised(&self) -> usize {
        usize::from(self.waits)
    }
}

type Ending = Result<(), Failure>;

thread_local! {
    static HEARD: Cell<usize> = const { Cell::new(0) };
}

/// How often the consumers of this thread were told of an end.
#[must_use]
pub fn heard() -> usize {
    HEARD.get()
}

/// The consumer that every form calls. It captures a number, so it needs memory if it is kept.
fn consumer() -> impl FnOnce(Ending) + Send + 'static {
    let number = black_box(1);
    move |ending| HEARD.set(HEARD.get() + usize::from(ending.is_ok()) * number)
}

fn operation() -> (Completer<()>, Pending<()>) {
    Pending::new(Operation::Commit)
}

/// Polls once. If the task waits, completes the operation and polls again.
fn wait(task: impl Future<Output = ()>, completer: Completer<()>) {
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    if task.as_mut().poll(&mut context).is_pending() {
        completer.complete(Ok(()));
        let _ = task.poll(&mut context);
    }
}

fn taken() {
    if let Ok(ending) = black_box(Pending::ready(())).try_take() {
        consumer()(ending);
    }
}

fn callback_called() {
    consumer()(black_box(Ok(())));
}

fn callback_kept() {
    let kept: Box<dyn FnOnce(Ending) + Send> = Box::new(consumer());
    black_box(kept)(Ok(()));
}

fn callback_ready() {
    black_box(Pending::ready(())).subscribe(consumer());
}

fn callback_waits() {
    let (completer, pending) = operation();
    let subscription = pending.subscribe(consumer());
    completer.complete(Ok(()));
    drop(subscription);
}

fn promise_ready() {
    let _ = black_box(Pending::ready(())).map(consumer()).now_or_never();
}

fn promise_waits() {
    let (completer, pending) = operation();
    wait(pending.map(consumer()), completer);
}

fn generator_ends() {
    let consumer = consumer();
    let _ = co(go!(_co => { consumer(black_box(Ok(()))) })).now_or_never();
}

fn generator_ready() {
    let pending = black_box(Pending::ready(()));
    let consumer = consumer();
    let _ = co(go!(co => { consumer(yield_!(co, pending)) })).now_or_never();
}

fn generator_waits() {
    let (completer, pending) = operation();
    let consumer = consumer();
    wait(co(go!(co => { consumer(yield_!(co, pending)) })), completer);
}

fn await_ready() {
    let pending = black_box(Pending::ready(()));
    let consumer = consumer();
    let _ = async move { consumer(pending.await) }.now_or_never();
}

fn await_waits() {
    let (completer, pending) = operation();
    let consumer = consumer();
    wait(async move { consumer(pending.await) }, completer);
}
