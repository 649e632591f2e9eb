//! Several futures at once. Each has a waker of its own and only those that were woken are polled:
//! to poll all of them each time one is woken would make `n` futures cost `n²` polls.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, Wake, Waker};

/// Several futures, polled by one task; made by [`all`].
#[must_use = "what is not polled does nothing"]
pub struct All<F: Future> {
    parts: Vec<Part<F>>,
    unfinished: usize,
    queue: Arc<Queue>,
}

enum Part<F: Future> {
    Waiting(F, Waker),
    Over(F::Output),
}

/// Waits for all futures; the results are in the order of the futures.
pub fn all<F: Future + Unpin>(futures: Vec<F>) -> All<F> {
    let count = futures.len();
    let queue = Arc::new(Queue(Mutex::new(Woken {
        numbers: (0..count).collect(),
        listed: vec![true; count],
        task: None,
    })));
    let parts = futures.into_iter().enumerate().map(|(number, future)| {
        let bell = Bell { number, queue: Arc::clone(&queue) };
        Part::Waiting(future, Arc::new(bell).into())
    });
    All { parts: parts.collect(), unfinished: count, queue }
}

impl<F: Future> Unpin for All<F> {}

impl<F: Future + Unpin> Future for All<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        let All { parts, unfinished, queue } = &mut *self;
        for number in queue.take(task.waker()) {
            if let Part::Waiting(future, waker) = &mut parts[number]
                && let Poll::Ready(output) = Pin::new(future).poll(&mut Task::from_waker(waker))
            {
                parts[number] = Part::Over(output);
                *unfinished -= 1;
            }
        }
        if *unfinished > 0 {
            return Poll::Pending;
        }
        let outputs = mem::take(parts).into_iter().filter_map(|part| match part {
            Part::Over(output) => Some(output),
            Part::Waiting(..) => None,
        });
        Poll::Ready(outputs.collect())
    }
}

/// Which parts were woken, at first all of them. A lock and no atomics: parts may be woken by any
/// thread, and which are listed and which task is to be woken must change together.
struct Queue(Mutex<Woken>);

struct Woken {
    /// Which parts, in the order in which they were woken.
    numbers: Vec<usize>,
    /// For each part, whether its number is among these. So none is there twice.
    listed: Vec<bool>,
    /// Who is to be woken. `None` until the next poll once that was done.
    task: Option<Waker>,
}

impl Queue {
    fn woken(&self) -> MutexGuard<'_, Woken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the numbers out and makes `task` the one to be woken. A part is unlisted before it is
    /// polled, not after: what wakes it during its own poll lists it again.
    fn take(&self, task: &Waker) -> Vec<usize> {
        let task = task.clone();
        let mut woken = self.woken();
        let numbers = mem::take(&mut woken.numbers);
        for number in &numbers {
            woken.listed[*number] = false;
        }
        let before = woken.task.replace(task);
        drop(woken);
        drop(before); // after the lock: a waker is code of others
        numbers
    }

    fn wake(&self, number: usize) {
        let mut woken = self.woken();
        if mem::replace(&mut woken.listed[number], true) {
            return;
        }
        woken.numbers.push(number);
        let task = woken.task.take();
        drop(woken);
        if let Some(task) = task {
            task.wake();
        }
    }
}

/// The waker of one part.
struct Bell {
    number: usize,
    queue: Arc<Queue>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.wake(self.number);
    }
}
