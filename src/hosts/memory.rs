//! A host that keeps everything in memory and answers at once: what the styles cost is then all
//! that is left to measure.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::{
    Account, Begun, Completer, Exchange, Failure, Fault, Host, LeaseId, LogLine, Operation,
    Pending, Record, Work,
};

use super::exchanges::{Exchanges, Granted, Ticket};

/// The host. Its clock stands still, its timers never fire, and its random numbers count up: the
/// same requests give the same replies.
#[derive(Default)]
pub struct Memory {
    accounts: BTreeMap<String, Arc<Account>>,
    now: Duration,
    drawn: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    exchanges: Exchanges,
    waiting: BTreeMap<Ticket, Completer<Begun>>,
    tickets: Ticket,
}

impl Memory {
    /// A host of these accounts, whose clock shows `now` (time since 1970).
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>, now: Duration) -> Self {
        let named = |account: Account| (account.name.to_string(), Arc::new(account));
        let accounts = accounts.into_iter().map(named).collect();
        Self { accounts, now, ..Self::default() }
    }

    /// The same host with `first` as the first random number.
    #[must_use]
    pub fn drawing_from(self, first: u64) -> Self {
        Self { drawn: AtomicU64::new(first), ..self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who got their turn, after the lock: what they do next calls this host.
    fn tell(&self, mut state: MutexGuard<'_, State>, granted: Granted) {
        let told: Vec<_> = granted
            .into_iter()
            .filter_map(|(ticket, begun)| Some((state.waiting.remove(&ticket)?, begun)))
            .collect();
        drop(state);
        for (completer, begun) in told {
            let lease = match &begun {
                Begun::Fresh { lease, .. } => Some(*lease),
                Begun::Done(_) | Begun::Replayed => None,
            };
            if !completer.complete(Ok(begun))
                && let Some(lease) = lease
            {
                self.release(lease);
            }
        }
    }
}

impl Host for Memory {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::ready(self.accounts.get(name).cloned())
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        let mut state = self.state();
        state.tickets += 1;
        let ticket = state.tickets;
        match state.exchanges.begin(ticket, exchange, self.now) {
            Some(begun) => Pending::ready(begun),
            None => {
                let (completer, pending) = Pending::new(Operation::Begin);
                state.waiting.insert(ticket, completer);
                pending
            }
        }
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        let mut state = self.state();
        match state.exchanges.commit(lease, record) {
            Some(granted) => {
                self.tell(state, granted);
                Pending::ready(())
            }
            None => {
                let fault = Fault::Permanent;
                Pending::ended(Err(Failure { operation: Operation::Commit, fault }))
            }
        }
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    /// Nothing here waits for long, so nothing outlives its request.
    fn spawn(&self, work: Work) {
        drop(work);
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn random(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    fn log(&self, _line: LogLine) {}

    fn release(&self, lease: LeaseId) {
        let mut state = self.state();
        let granted = state.exchanges.release(lease);
        self.tell(state, granted);
    }
}
