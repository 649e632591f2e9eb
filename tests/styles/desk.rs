//! A host on which the test completes the operations.

use std::collections::VecDeque;
use std::ops::{Bound, RangeBounds};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::panicking;
use std::time::Duration;

use ::pipeline::{
    Account, Begun, Class, Completer, Context, Event, Exchange, Host, LeaseId, LogLine, Operation,
    Origin, Pending, Record, Work,
};

/// Holds some operations and answers the others at once. The numbers that scripts record are the
/// statuses of its log lines.
pub struct Desk {
    state: Mutex<State>,
    holds: (Bound<usize>, Bound<usize>),
    traced: bool,
}

#[derive(Default)]
struct State {
    submitted: usize,
    held: VecDeque<Completer<()>>,
    log: Vec<u16>,
    events: usize,
    order: Vec<Told>,
}

/// What a host is told: events and numbers, in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A number was noted.
    Note(u16),
    /// A layer began.
    Enter,
    /// A layer ended.
    Leave(Class),
    /// The reply, by its status.
    Reply(u16),
}

impl Desk {
    /// A host that holds the operations at these positions, in the order of submission.
    pub fn holding(at: impl RangeBounds<usize>) -> Arc<Self> {
        Arc::new(Self::new(at, false))
    }

    /// The same, and it wants events.
    pub fn tracing(at: impl RangeBounds<usize>) -> Arc<Self> {
        Arc::new(Self::new(at, true))
    }

    fn new(at: impl RangeBounds<usize>, traced: bool) -> Self {
        let holds = (at.start_bound().cloned(), at.end_bound().cloned());
        Self { state: Mutex::default(), holds, traced }
    }

    /// Completes the oldest operation, if there is one.
    pub fn complete(&self) -> bool {
        let oldest = self.state().held.pop_front();
        let waited = oldest.is_some();
        if let Some(completer) = oldest {
            completer.complete(Ok(()));
        }
        waited
    }

    /// Drops the code that waits for an operation.
    pub fn discard(&self) {
        let held = std::mem::take(&mut self.state().held);
        held.into_iter().for_each(Completer::discard);
    }

    /// The numbers noted, in their order.
    pub fn log(&self) -> Vec<u16> {
        self.state().log.clone()
    }

    /// How many events were recorded.
    pub fn events(&self) -> usize {
        self.state().events
    }

    /// Numbers, layers that began and ended, and the reply, in their order.
    pub fn order(&self) -> Vec<Told> {
        self.state().order.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code of others runs under this lock")
    }
}

impl Host for Desk {
    fn account(&self, _name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::ready(None)
    }

    fn begin(&self, _exchange: Exchange) -> Pending<Begun> {
        Pending::ready(Begun::Replayed)
    }

    fn commit(&self, _lease: LeaseId, _record: Record) -> Pending<()> {
        Pending::ready(())
    }

    fn abort(&self, _lease: LeaseId) -> Pending<()> {
        Pending::ready(())
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        let mut state = self.state();
        let at = state.submitted;
        state.submitted += 1;
        if !self.holds.contains(&at) {
            return Pending::ready(());
        }
        let (completer, pending) = Pending::new(Operation::Sleep);
        state.held.push_back(completer);
        pending
    }

    fn spawn(&self, _work: Work) {}

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        0
    }

    fn log(&self, line: LogLine) {
        let mut state = self.state();
        state.log.push(line.status);
        state.order.push(Told::Note(line.status));
    }

    fn release(&self, _lease: LeaseId) {}

    fn is_traced(&self) -> bool {
        self.traced
    }

    fn record(&self, event: Event) {
        let mut state = self.state();
        state.events += 1;
        state.order.push(match event {
            Event::Entered(_) => Told::Enter,
            Event::Left(_, class) => Told::Leave(class),
            Event::Replied(response) => Told::Reply(response.status),
            _ => return,
        });
    }
}

/// Waits for an operation.
pub fn wait(ctx: &Context) -> Pending<()> {
    ctx.host().sleep(Duration::ZERO)
}

/// Notes a number.
pub fn note(ctx: &Context, number: u16) {
    write(ctx.origin(), number);
}

/// Notes its number when it is dropped.
pub struct Guard {
    /// The log.
    pub origin: Arc<Origin>,
    /// The number.
    pub number: u16,
}

impl Drop for Guard {
    fn drop(&mut self) {
        write(&self.origin, self.number);
    }
}

/// The same, and it panics.
pub struct Bursts(#[expect(dead_code, reason = "it is dropped")] pub Guard);

impl Drop for Bursts {
    fn drop(&mut self) {
        // In a second panic Rust would end the process.
        if !panicking() {
            resume_unwind(Box::new("injected"));
        }
    }
}

fn write(origin: &Origin, number: u16) {
    origin.host().log(LogLine {
        account: String::new(),
        kind: "",
        unit: "",
        repeat: false,
        status: number,
        elapsed: Duration::ZERO,
    });
}
