//! The host: it is in memory, and its operations can wait.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use four_ways::conversation;
use futures::task::AtomicWaker;
use pipeline::{Account, Around, Begun, Exchange, Host, LeaseId, Operation, Pending, Record};

/// How long an operation waits before it happens.
pub const WAIT: Duration = Duration::from_millis(1);

/// A host, and the timers that its operations wait for. Dropping the world ends the timers.
pub struct World {
    pub host: Arc<dyn Host>,
    pub timers: Arc<Timers>,
    /// Whether a timer is ever started.
    pub waits: bool,
}

impl World {
    /// Every operation is ready at once.
    pub fn ready() -> Self {
        Self { host: conversation::memory(), timers: Arc::default(), waits: false }
    }

    /// Every operation waits for [`WAIT`]. A request has three of them: `account`, `begin` and
    /// `commit`.
    pub fn waiting() -> Self {
        Self::with(None)
    }

    /// The same, but no `begin` starts before `size` requests have reached it. While all of them
    /// wait, `look` is called.
    pub fn gathering(size: usize, look: impl Fn() + Send + Sync + 'static) -> Self {
        let held = Mutex::new(Vec::with_capacity(size));
        Self::with(Some(Gathering { size, held, look: Box::new(look) }))
    }

    fn with(gathering: Option<Gathering>) -> Self {
        let timers = Arc::<Timers>::default();
        let memory = conversation::memory();
        let host = Arc::new(Waiting { memory, timers: Arc::clone(&timers), gathering });
        Self { host, timers, waits: true }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.timers.state().closed = true;
        self.timers.changed.wake();
    }
}

/// What happens after an operation has waited.
type End = Box<dyn FnOnce() + Send>;

/// Timers in one queue. All wait equally long, so the one that was started first is due first. The
/// runtime decides who looks at the clock.
#[derive(Default)]
pub struct Timers {
    state: Mutex<State>,
    changed: AtomicWaker,
}

#[derive(Default)]
struct State {
    armed: VecDeque<(Instant, End)>,
    closed: bool,
}

impl Timers {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds this lock, so the state is valid even if the lock is
        // poisoned.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arm(&self, end: End) {
        let mut state = self.state();
        state.armed.push_back((Instant::now() + WAIT, end));
        let first = state.armed.len() == 1;
        drop(state);
        if first {
            self.changed.wake();
        }
    }

    /// When the first timer is due.
    pub fn first(&self) -> Option<Instant> {
        self.state().armed.front().map(|(due, _)| *due)
    }

    /// Fires the timers that are due. The callbacks run inside this call.
    pub fn fire(&self) {
        let now = Instant::now();
        // Each is called outside the lock, because the code that continues may start the next
        // timer.
        while let Some(end) = self.take(now) {
            end();
        }
    }

    fn take(&self, now: Instant) -> Option<End> {
        let mut state = self.state();
        let (due, _) = state.armed.front()?;
        if *due > now {
            return None;
        }
        state.armed.pop_front().map(|(_, end)| end)
    }

    /// Fires all timers until the world is dropped. `sleep` is the timer of the runtime.
    pub async fn run<S: Future<Output = ()>>(self: Arc<Self>, sleep: impl Fn(Instant) -> S) {
        while let Some(due) = self.next().await {
            if due > Instant::now() {
                sleep(due).await;
            }
            self.fire();
        }
    }

    /// Waits until there is a timer, and returns when the first one is due. `None` when the world
    /// was dropped.
    async fn next(&self) -> Option<Instant> {
        poll_fn(|task| {
            self.changed.register(task.waker());
            let state = self.state();
            match state.armed.front() {
                _ if state.closed => Poll::Ready(None),
                Some((due, _)) => Poll::Ready(Some(*due)),
                None => Poll::Pending,
            }
        })
        .await
    }
}

/// Operations that wait until there are enough of them.
struct Gathering {
    size: usize,
    held: Mutex<Vec<End>>,
    look: Box<dyn Fn() + Send + Sync>,
}

impl Gathering {
    /// Holds `end` back. When there are enough, returns all that were held.
    fn hold(&self, end: End) -> Vec<End> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(end);
        if held.len() < self.size {
            return Vec::new();
        }
        (self.look)();
        std::mem::take(&mut *held)
    }
}

/// A host in memory with a timer before each operation. The deadline never fires.
struct Waiting {
    memory: Arc<dyn Host>,
    timers: Arc<Timers>,
    gathering: Option<Gathering>,
}

impl Waiting {
    fn later<T: Send + 'static>(
        &self,
        operation: Operation,
        start: impl FnOnce(&dyn Host) -> Pending<T> + Send + 'static,
    ) -> Pending<T> {
        let (completer, pending) = Pending::new(operation);
        let memory = Arc::clone(&self.memory);
        let end: End = Box::new(move || {
            start(&*memory).subscribe(move |ending| {
                completer.complete(ending);
            });
        });
        match &self.gathering {
            Some(gathering) if operation == Operation::Begin => {
                gathering.hold(end).into_iter().for_each(|end| self.timers.arm(end));
            }
            _ => self.timers.arm(end),
        }
        pending
    }
}

impl Around for Waiting {
    fn inner(&self) -> &dyn Host {
        &*self.memory
    }

    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        let name = name.to_owned();
        self.later(Operation::Account, move |host| host.account(&name))
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.later(Operation::Begin, move |host| host.begin(exchange))
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.later(Operation::Commit, move |host| host.commit(lease, record))
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.later(Operation::Abort, move |host| host.abort(lease))
    }
}
