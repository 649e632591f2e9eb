//! The world in which an entry is played: a host, and how its operations end.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use pipeline::{
    Account, Around, Begun, Exchange, Failure, Fault, Host, LeaseId, Operation, Pending, Record,
    Response,
};

use crate::conversation;

/// For each request, which of its operations fails. After the last item it starts again at the
/// first.
pub type Schedule = &'static [Option<Operation>];

/// A host, and what is needed to end its operations.
pub struct World {
    host: Arc<dyn Host>,
    stage: Option<Arc<Stage>>,
    polls: Cell<usize>,
}

impl World {
    /// A world in which every operation is ready at once.
    #[must_use]
    pub fn ready() -> Self {
        Self::of(conversation::memory())
    }

    /// A world with this host, which ends its operations itself.
    #[must_use]
    pub fn of(host: Arc<dyn Host>) -> Self {
        Self { host, stage: None, polls: Cell::new(0) }
    }

    /// The same world, but operations fail by a schedule. If `waits` is true, each operation
    /// suspends once.
    #[must_use]
    pub fn staged(self, waits: bool, schedule: Schedule) -> Self {
        let stage = Arc::new(Stage {
            host: self.host,
            waits,
            schedule,
            requests: AtomicUsize::new(0),
            due: Mutex::default(),
        });
        Self { host: Arc::clone(&stage) as Arc<dyn Host>, stage: Some(stage), polls: self.polls }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.host
    }

    /// How often futures were polled from outside.
    #[must_use]
    pub fn polls(&self) -> usize {
        self.polls.get()
    }

    /// Polls `reply` to its end. `None` if it waits for something that never happens.
    pub fn finish(&self, reply: impl Future<Output = Response>) -> Option<Response> {
        let mut reply = pin!(reply);
        let mut task = Context::from_waker(Waker::noop());
        loop {
            self.polls.set(self.polls.get() + 1);
            match reply.as_mut().poll(&mut task) {
                Poll::Ready(response) => return Some(response),
                Poll::Pending if self.turn() => {}
                Poll::Pending => return None,
            }
        }
    }

    /// Ends the operation that has waited longest. Returns `false` if none waits.
    pub fn turn(&self) -> bool {
        self.stage.as_ref().and_then(|stage| stage.due().pop_front()).is_some_and(|end| {
            end();
            true
        })
    }
}

/// A host around another one; it decides how operations end. The deadline never fires.
struct Stage {
    host: Arc<dyn Host>,
    waits: bool,
    schedule: Schedule,
    requests: AtomicUsize,
    due: Mutex<VecDeque<Due>>,
}

type Due = Box<dyn FnOnce() + Send>;

impl Stage {
    fn due(&self) -> std::sync::MutexGuard<'_, VecDeque<Due>> {
        // No code panics while it holds this lock, so the state is valid even if the lock is
        // poisoned.
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fails(&self, operation: Operation) -> bool {
        let place = self.requests.load(Ordering::Relaxed).wrapping_sub(1);
        let length = self.schedule.len().max(1);
        self.schedule.get(place % length).is_some_and(|fails| *fails == Some(operation))
    }

    fn play<T: Send + 'static>(
        &self,
        operation: Operation,
        start: impl FnOnce(&dyn Host) -> Pending<T>,
    ) -> Pending<T> {
        let pending = if self.fails(operation) {
            Pending::ended(Err(Failure { operation, fault: Fault::Transient }))
        } else {
            start(&*self.host)
        };
        if !self.waits {
            return pending;
        }
        pending.try_take().map_or_else(
            |pending| pending,
            |ending| {
                let (completer, pending) = Pending::new(operation);
                self.due().push_back(Box::new(move || {
                    completer.complete(ending);
                }));
                pending
            },
        )
    }
}

impl Around for Stage {
    fn inner(&self) -> &dyn Host {
        &*self.host
    }

    /// The first operation of every request.
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.play(Operation::Account, |host| host.account(name))
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.play(Operation::Begin, |host| host.begin(exchange))
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.play(Operation::Commit, |host| host.commit(lease, record))
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.play(Operation::Abort, |host| host.abort(lease))
    }
}
