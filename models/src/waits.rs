//! How the threads of a model wait, and the code of others that they run: each piece of it makes
//! sure that it runs under no lock.

use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::panicking;

use shuttle::sync::{Arc, Condvar, LockResult, Mutex, PoisonError};

use crate::sync::no_lock_is_held;

/// Looks for a lock when it is dropped: a callback captures it, a task owns it.
pub struct Captured;

impl Drop for Captured {
    fn drop(&mut self) {
        // While a failed model ends, a second panic would only hide the first.
        if !panicking() {
            no_lock_is_held();
        }
    }
}

/// A value that one thread tells and another waits for.
pub struct Told<T>(Arc<(Mutex<Vec<T>>, Condvar)>);

impl<T> Clone for Told<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self(Arc::new((Mutex::new(Vec::new()), Condvar::new())))
    }
}

impl<T> Told<T> {
    /// Tells it. This is what the callbacks of the models do, so it is code of others.
    ///
    /// # Panics
    /// When it is called under a lock.
    pub fn tell(&self, value: T) {
        no_lock_is_held();
        let (values, more) = &*self.0;
        whole(values.lock()).push(value);
        more.notify_all();
    }

    /// Waits until `count` values were told, and takes all that there are. When they are never
    /// told, shuttle reports a deadlock.
    pub fn wait(&self, count: usize) -> Vec<T> {
        let (values, more) = &*self.0;
        let mut values = whole(values.lock());
        while values.len() < count {
            values = whole(more.wait(values));
        }
        mem::take(&mut *values)
    }
}

/// All threads of a model are one thread of the system. So a lock that one releases while another
/// panics counts as poisoned, and is whole.
fn whole<G>(locked: LockResult<G>) -> G {
    locked.unwrap_or_else(PoisonError::into_inner)
}

/// A task, woken from any thread.
struct Task {
    woken: Told<()>,
    _captured: Captured,
}

impl Task {
    fn new() -> Arc<Self> {
        Arc::new(Self { woken: Told::default(), _captured: Captured })
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.woken.tell(());
    }
}

/// The waker of a new task.
#[must_use]
pub fn waker() -> Waker {
    Task::new().into()
}

/// Polls `future` until it is ready, each time only after its task was woken.
pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let task = Task::new();
    let waker = Waker::from(Arc::clone(&task));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        drop(task.woken.wait(1));
    }
}
