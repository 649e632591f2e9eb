//! An operation under way: one type, for which each style waits in its own way. Give it a callback
//! ([`Pending::subscribe`]), chain it, yield it or await it (it is a [`Future`]).
//!
//! A value that is ready costs no allocation, and a real wait costs one. There is no task or thread
//! in between: the code that completes the operation calls the callback or wakes the task itself.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::operation::{Failure, Fault, Operation};

type Ending<T> = Result<T, Failure>;
type Callback<T> = Box<dyn FnOnce(Ending<T>) + Send>;

/// An operation under way, or its result.
#[must_use = "nobody hears of an operation that is dropped"]
pub struct Pending<T>(State<T>);

enum State<T> {
    Ready(Ending<T>),
    Waiting(Arc<Slot<T>>),
    Never,
    Taken,
}

/// Shared by the two ends, the host and the waiting code.
struct Slot<T> {
    meeting: Mutex<Meeting<T>>,
    operation: Operation,
    /// Takes back a result that was not taken.
    reclaim: Option<Reclaim<T>>,
}

type Reclaim<T> = Box<dyn Fn(Ending<T>) + Send + Sync>;

enum Meeting<T> {
    /// Neither end has done anything yet.
    Empty,
    /// A task waits.
    Task(Waker),
    /// A callback waits.
    Callback(Callback<T>),
    /// The result waits.
    Result(Ending<T>),
    /// No code waits any more.
    Over,
}

impl<T> Slot<T> {
    fn meeting(&self) -> MutexGuard<'_, Meeting<T>> {
        // No callback and no waker runs under this lock, so it stays valid when it is poisoned.
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let left = mem::replace(&mut *self.meeting(), Meeting::Over);
        // After the lock is released, because dropping a callback runs other code.
        if let (Meeting::Result(ending), Some(reclaim)) = (left, &self.reclaim) {
            reclaim(ending);
        }
    }
}

impl<T> Pending<T> {
    /// A value that is already there.
    pub fn ready(value: T) -> Self {
        Self(State::Ready(Ok(value)))
    }

    /// A result that is already there.
    pub fn ended(ending: Result<T, Failure>) -> Self {
        Self(State::Ready(ending))
    }

    /// An operation that never ends, for instance a timer that need not be armed.
    pub fn never() -> Self {
        Self(State::Never)
    }

    /// An operation under way, and the completer with which the host completes it.
    pub fn new(operation: Operation) -> (Completer<T>, Self) {
        Self::with(operation, None)
    }

    /// The same for a result that must not be lost, such as a turn. If the operation is dropped
    /// after it was completed and before its result was taken, `reclaim` gets the result.
    pub fn reclaimed(
        operation: Operation,
        reclaim: impl Fn(Result<T, Failure>) + Send + Sync + 'static,
    ) -> (Completer<T>, Self) {
        Self::with(operation, Some(Box::new(reclaim)))
    }

    fn with(operation: Operation, reclaim: Option<Reclaim<T>>) -> (Completer<T>, Self) {
        let slot = Arc::new(Slot { meeting: Mutex::new(Meeting::Empty), operation, reclaim });
        (Completer(Some(Arc::clone(&slot))), Self(State::Waiting(slot)))
    }

    /// The result, if it is there.
    ///
    /// # Errors
    /// Gives the operation back while it is under way.
    pub fn try_take(mut self) -> Result<Result<T, Failure>, Self> {
        if let State::Waiting(slot) = &self.0 {
            let mut meeting = slot.meeting();
            if let Meeting::Result(_) = &*meeting
                && let Meeting::Result(ending) = mem::replace(&mut *meeting, Meeting::Over)
            {
                drop(meeting);
                self.0 = State::Taken;
                return Ok(ending);
            }
        }
        match mem::replace(&mut self.0, State::Taken) {
            State::Ready(ending) => Ok(ending),
            state @ (State::Waiting(_) | State::Never | State::Taken) => Err(Self(state)),
        }
    }

    /// Calls `callback` with the result: at once if it is there, otherwise from the call that
    /// completes the operation.
    pub fn subscribe(
        self,
        callback: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> Subscription<T> {
        let mut waiting = match self.try_take() {
            Ok(ending) => {
                callback(ending);
                return Subscription(None);
            }
            Err(waiting) => waiting,
        };
        let State::Waiting(slot) = mem::replace(&mut waiting.0, State::Taken) else {
            return Subscription(None);
        };
        let mut meeting = slot.meeting();
        match mem::replace(&mut *meeting, Meeting::Over) {
            // Another thread has completed it since the check above.
            Meeting::Result(ending) => {
                drop(meeting);
                callback(ending);
                Subscription(None)
            }
            Meeting::Empty | Meeting::Task(_) | Meeting::Callback(_) | Meeting::Over => {
                *meeting = Meeting::Callback(Box::new(callback));
                drop(meeting);
                Subscription(Some(slot))
            }
        }
    }
}

impl<T> Unpin for Pending<T> {}

impl<T> Future for Pending<T> {
    type Output = Result<T, Failure>;

    /// # Panics
    /// When it is polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Waiting(slot) = &self.0 {
            let mut meeting = slot.meeting();
            match &mut *meeting {
                Meeting::Result(_) => {}
                Meeting::Task(waker) => {
                    waker.clone_from(task.waker());
                    return Poll::Pending;
                }
                empty => {
                    *empty = Meeting::Task(task.waker().clone());
                    return Poll::Pending;
                }
            }
            let Meeting::Result(ending) = mem::replace(&mut *meeting, Meeting::Over) else {
                unreachable!("looked at above, under the same lock")
            };
            drop(meeting);
            self.0 = State::Taken;
            return Poll::Ready(ending);
        }
        match mem::replace(&mut self.0, State::Taken) {
            State::Ready(ending) => Poll::Ready(ending),
            State::Never => {
                self.0 = State::Never;
                Poll::Pending
            }
            State::Waiting(_) | State::Taken => panic!("a Pending was polled after it was ready"),
        }
    }
}

impl<T> Drop for Pending<T> {
    /// Tells the host that no code waits any more. The operation itself is not undone.
    fn drop(&mut self) {
        if let State::Waiting(slot) = &self.0 {
            slot.close();
        }
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            State::Ready(_) => "Pending(ready)",
            State::Waiting(_) => "Pending(waiting)",
            State::Never => "Pending(never)",
            State::Taken => "Pending(taken)",
        })
    }
}

/// The host's end of an operation. Completing consumes it, so a second completion does not compile.
/// Dropping it is the failure [`Fault::Abandoned`], so the waiting code always gets a result.
pub struct Completer<T>(Option<Arc<Slot<T>>>);

impl<T> Completer<T> {
    /// Ends the operation. `false` means that the other end is gone: no code waits, and none will
    /// come.
    ///
    /// The callback, or the waker, runs inside this call: the host must not hold a lock.
    pub fn complete(mut self, ending: Result<T, Failure>) -> bool {
        self.0.take().is_some_and(|slot| deliver(&slot, ending))
    }

    /// Whether the other end is still there.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.as_ref().is_some_and(|slot| !matches!(*slot.meeting(), Meeting::Over))
    }

    /// Ends the operation without a result, and drops the waiting code. In this way a host cancels
    /// a request whose continuations it holds.
    pub fn discard(mut self) {
        if let Some(slot) = self.0.take() {
            slot.close();
        }
    }
}

fn deliver<T>(slot: &Slot<T>, ending: Ending<T>) -> bool {
    let mut meeting = slot.meeting();
    match mem::replace(&mut *meeting, Meeting::Over) {
        Meeting::Empty => {
            *meeting = Meeting::Result(ending);
            true
        }
        Meeting::Task(waker) => {
            *meeting = Meeting::Result(ending);
            drop(meeting);
            waker.wake();
            true
        }
        Meeting::Callback(callback) => {
            drop(meeting);
            callback(ending);
            true
        }
        Meeting::Result(_) | Meeting::Over => false,
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            let failure = Failure { operation: slot.operation, fault: Fault::Abandoned };
            deliver(&slot, Err(failure));
        }
    }
}

impl<T> fmt::Debug for Completer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Completer").finish_non_exhaustive()
    }
}

/// A callback that waits. Dropping it changes nothing; [`Subscription::cancel`] removes the
/// callback, as `clearTimeout` does.
pub struct Subscription<T>(Option<Arc<Slot<T>>>);

impl<T> Subscription<T> {
    /// Drops the callback, if it has not been called.
    pub fn cancel(self) {
        if let Some(slot) = self.0 {
            slot.close();
        }
    }
}

impl<T> fmt::Debug for Subscription<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subscription").finish_non_exhaustive()
    }
}
