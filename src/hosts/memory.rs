//! A host that keeps everything in memory and answers at once. So a measurement contains only the
//! cost of the style and the rules.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use pipeline::{Account, Begun, Exchange, Host, LeaseId, LogLine, Pending, Record, Work};

use super::turns::Turns;

/// The host. Its clock stands still, its timers never fire, and its random numbers count up: the
/// same requests give the same replies.
#[derive(Default)]
pub struct Memory {
    accounts: BTreeMap<String, Arc<Account>>,
    now: Duration,
    drawn: AtomicU64,
    turns: Turns,
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
}

impl Host for Memory {
    fn account(&self, name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::ready(self.accounts.get(name).cloned())
    }

    fn begin(&self, exchange: Exchange) -> Pending<Begun> {
        self.turns.begin(exchange, self.elapsed())
    }

    fn commit(&self, lease: LeaseId, record: Record) -> Pending<()> {
        self.turns.commit(lease, record, self.elapsed())
    }

    fn abort(&self, lease: LeaseId) -> Pending<()> {
        self.turns.release(lease);
        Pending::ready(())
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    /// Nothing here waits for long, so no work goes on after its request.
    fn spawn(&self, work: Work) {
        drop(work);
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    fn log(&self, _line: LogLine) {}

    fn release(&self, lease: LeaseId) {
        self.turns.release(lease);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_count_up_from_the_first() {
        let memory = Memory::new([], Duration::ZERO).drawing_from(7);
        assert_eq!([memory.random(), memory.random()], [7, 8]);
    }
}
