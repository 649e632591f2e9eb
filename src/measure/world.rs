//! The world in which an entry is played: a host, and how its operations end.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use pipeline::{
    Account, Around, Begun, Call, Called, Created, Exchange, Failure, Fault, Host, LeaseId,
    Operation, Pending, Profile, Record, Response, Ticket, User, Work,
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
    /// The tasks of two requests that are answered at once, if they are. They are made here and
    /// not by the requests, because callbacks need none.
    tasks: Option<[Arc<Task>; 2]>,
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
        Self { host, stage: None, polls: Cell::new(0), tasks: None }
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
            calls: AtomicUsize::new(0),
            due: Mutex::default(),
            works: Mutex::new(VecDeque::with_capacity(WORKS)),
        });
        Self { host: Arc::clone(&stage) as Arc<dyn Host>, stage: Some(stage), ..self }
    }

    /// The same world, in which two requests at a time are answered at once.
    #[must_use]
    pub fn in_pairs(self) -> Self {
        Self { tasks: Some(Default::default()), ..self }
    }

    /// Whether two requests at a time are answered at once.
    #[must_use]
    pub fn is_in_pairs(&self) -> bool {
        self.tasks.is_some()
    }

    /// How often services were called, in a world that is staged.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.stage.as_ref().map_or(0, |stage| stage.calls.load(Ordering::Relaxed))
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

    /// Polls both to their ends, each only when it was woken, as an executor does.
    pub fn finish_both(
        &self,
        [one, other]: [impl Future<Output = Response>; 2],
    ) -> [Option<Response>; 2] {
        let mut ended = [None, None];
        let Some(tasks) = &self.tasks else { return ended };
        let mut replies = [pin!(one), pin!(other)];
        tasks.iter().for_each(Task::wake_by_ref);
        loop {
            let mut polled = false;
            for at in 0..2 {
                if !tasks[at].woken.swap(false, Ordering::Relaxed) || ended[at].is_some() {
                    continue;
                }
                polled = true;
                self.polls.set(self.polls.get() + 1);
                let waker = Waker::from(Arc::clone(&tasks[at]));
                if let Poll::Ready(response) =
                    replies[at].as_mut().poll(&mut Context::from_waker(&waker))
                {
                    ended[at] = Some(response);
                }
            }
            if ended.iter().all(Option::is_some) || !polled && !self.turn() {
                return ended;
            }
        }
    }

    /// Ends the operation that has waited longest, and drives the work that goes on without a
    /// request. Returns `false` if no operation waits.
    pub fn turn(&self) -> bool {
        let Some(stage) = &self.stage else { return false };
        let Some(end) = stage.due().pop_front() else { return false };
        end();
        stage.drive();
        true
    }
}

/// What is woken when a request can go on.
#[derive(Default)]
struct Task {
    woken: AtomicBool,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
    }
}

/// A host around another one; it decides how operations end. The deadline never fires.
struct Stage {
    host: Arc<dyn Host>,
    waits: bool,
    schedule: Schedule,
    requests: AtomicUsize,
    calls: AtomicUsize,
    due: Mutex<VecDeque<Due>>,
    works: Mutex<VecDeque<Work>>,
}

/// For how much work there is room before it has to be made, which would count as allocations.
const WORKS: usize = 4;

type Due = Box<dyn FnOnce() + Send>;

impl Stage {
    // No code panics while it holds one of these locks, so the state is valid even if the lock is
    // poisoned.
    fn due(&self) -> MutexGuard<'_, VecDeque<Due>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn works(&self) -> MutexGuard<'_, VecDeque<Work>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls each work once. It is taken out for that, because it may begin another.
    fn drive(&self) {
        let under_way = self.works().len();
        for _ in 0..under_way {
            let work = self.works().pop_front();
            work.into_iter().for_each(|work| self.work(work));
        }
    }

    fn work(&self, mut work: Work) {
        if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.works().push_back(work);
        }
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

    fn sleep(&self, duration: Duration) -> Pending<()> {
        self.play(Operation::Sleep, |host| host.sleep(duration))
    }

    fn call(&self, call: Call) -> Pending<Called> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.play(Operation::Call, |host| host.call(call))
    }

    fn ticket(&self, account: &str) -> Pending<Option<Ticket>> {
        self.play(Operation::Ticket, |host| host.ticket(account))
    }

    fn replace(&self, account: &str, before: Option<Ticket>, ticket: Ticket) -> Pending<()> {
        self.play(Operation::Replace, |host| host.replace(account, before, ticket))
    }

    fn find(&self, user: User) -> Pending<Option<Profile>> {
        self.play(Operation::Find, |host| host.find(user))
    }

    fn create(&self, profile: Profile) -> Pending<Created> {
        self.play(Operation::Create, |host| host.create(profile))
    }

    fn spawn(&self, work: Work) {
        self.work(work);
    }
}
