//! Waits for several futures at once. Each has its own waker, and only futures that were woken are
//! polled. If all of them were polled each time one is woken, `n` futures would need `n²` polls.

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

/// The parts that were woken; at first all of them. It is a lock and not a set of atomics, because
/// any thread may wake a part, and the list and the waker must change together.
struct Queue(Mutex<Woken>);

struct Woken {
    /// The numbers of these parts, in the order in which they were woken.
    numbers: Vec<usize>,
    /// For each part, whether its number is in the list. So no number is there twice.
    listed: Vec<bool>,
    /// The waker of the task. It is `None` after it was used, until the next poll.
    task: Option<Waker>,
}

impl Queue {
    fn woken(&self) -> MutexGuard<'_, Woken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the numbers out, and stores the waker `task`. A part is removed from the list before
    /// it is polled and not after it. So if it is woken during its own poll, it is listed again.
    fn take(&self, task: &Waker) -> Vec<usize> {
        let task = task.clone();
        let mut woken = self.woken();
        let numbers = mem::take(&mut woken.numbers);
        for number in &numbers {
            woken.listed[*number] = false;
        }
        let before = woken.task.replace(task);
        drop(woken);
        drop(before); // after the lock is released, because a waker runs foreign code
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
