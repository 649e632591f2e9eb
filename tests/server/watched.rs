//! A host around the server's own, which tells a test what it is asked, and holds operations back
//! until the test lets them go. So a test decides what overlaps, and needs no luck for it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use kit::Style;
use pipeline::{
    Account, Begun, Event, Exchange, Host, LeaseId, LogLine, Operation, Pending, Record, Work,
};

/// What is seen of all requests of a server.
pub struct Watch {
    /// Which operation is held back.
    holds: Operation,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    steps: Vec<Step>,
    asked: usize,
    /// `None` once they were let go.
    held: Option<Vec<Held>>,
    holding: usize,
}

type Held = Box<dyn FnOnce() + Send>;

/// What happened to a message of a user; the number tells the user's messages apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It asked for its turn.
    Asked(String, usize),
    /// It has its turn, after so many exchanges of the user.
    Opened(String, usize, u64),
    /// It gives its turn back.
    Ends(String, usize),
}

impl Watch {
    /// Holds back every operation of this kind.
    pub fn holding(holds: Operation) -> Arc<Self> {
        let state = State { held: Some(Vec::new()), ..State::default() };
        Arc::new(Self { holds, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// The same style, watched.
    pub fn over(self: &Arc<Self>, style: Style) -> Style {
        let watch = Arc::clone(self);
        Style::new(style.name, move |inner, request| {
            let watch = Arc::clone(&watch);
            style.start(Arc::new(Watched { inner, watch, message: Mutex::default() }), request)
        })
    }

    /// Waits until so many turns at least were asked for, and so many operations are held back.
    pub fn until(&self, asked: usize, holding: usize) {
        let fewer = |state: &mut State| state.asked < asked || state.holding < holding;
        let waited = self.changed.wait_timeout_while(self.state(), Duration::from_secs(60), fewer);
        let (state, timeout) = waited.expect("whole");
        assert!(!timeout.timed_out(), "{} asked, {} are held", state.asked, state.holding);
    }

    /// Lets go what is held back, and holds back nothing more.
    pub fn let_go(&self) {
        let held = self.state().held.take();
        for held in held.into_iter().flatten() {
            held(); // without the lock: what waits goes on in here
        }
    }

    /// All that happened.
    pub fn steps(&self) -> Vec<Step> {
        self.state().steps.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("whole")
    }

    fn step(&self, step: Step) {
        self.state().steps.push(step);
    }
}

struct Watched {
    inner: Arc<dyn Host>,
    watch: Arc<Watch>,
    /// The user, and the number of the message.
    message: Mutex<(String, usize)>,
}

impl Watched {
    fn message(&self) -> (String, usize) {
        self.message.lock().expect("whole").clone()
    }

    /// Does an operation now, or, while its kind is held back, later.
    fn held<T: Send + 'static>(
        &self,
        kind: Operation,
        operation: impl FnOnce(&dyn Host) -> Pending<T> + Send + 'static,
    ) -> Pending<T> {
        let mut state = self.watch.state();
        if self.watch.holds != kind {
            drop(state);
            return operation(&*self.inner);
        }
        let Some(held) = &mut state.held else {
            drop(state);
            return operation(&*self.inner);
        };
        let (completer, pending) = Pending::new(kind);
        let inner = Arc::clone(&self.inner);
        held.push(Box::new(move || match operation(&*inner).try_take() {
            Ok(ending) => assert!(completer.complete(ending), "nobody waits any more"),
            Err(_) => panic!("what was held back has to wait again"),
        }));
        state.holding += 1;
        self.watch.changed.notify_all();
        pending
    }
}

impl Host for Watched {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        self.inner.account(name)
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        if self.watch.holds == Operation::Begin {
            return self.held(Operation::Begin, |inner| inner.begin(exchange));
        }
        // Under the lock, so that they are asked in the order that is noted.
        let mut state = self.watch.state();
        let user = exchange.key.user.to_string();
        state.asked += 1;
        let number = state.asked;
        *self.message.lock().expect("whole") = (user.clone(), number);
        state.steps.push(Step::Asked(user, number));
        self.watch.changed.notify_all();
        self.inner.begin(exchange)
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        let ((user, number), watch) = (self.message(), Arc::clone(&self.watch));
        self.held(Operation::Commit, move |inner| {
            watch.step(Step::Ends(user, number));
            inner.commit(lease, record)
        })
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.inner.abort(lease)
    }

    /// No deadline: what is held back may take its time.
    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    fn spawn(&self, work: Work) {
        self.inner.spawn(work);
    }

    fn now(&self) -> Duration {
        self.inner.now()
    }

    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }

    fn random(&self) -> u64 {
        self.inner.random()
    }

    fn log(&self, line: LogLine) {
        self.inner.log(line);
    }

    fn release(&self, lease: LeaseId) {
        self.inner.release(lease);
    }

    fn is_traced(&self) -> bool {
        true
    }

    fn record(&self, event: Event) {
        if let Event::Opened(Some(session)) = event {
            let (user, number) = self.message();
            self.watch.step(Step::Opened(user, number, session.exchanges));
        }
    }
}
