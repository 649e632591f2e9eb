//! The table of exchanges behind a lock, with those who wait for their turn.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::{Begun, Completer, Exchange, Failure, Fault, LeaseId, Operation, Pending, Record};

use super::exchanges::{Exchanges, Granted, Limits, Ticket};

/// What a real host keeps of its users.
#[derive(Default)]
pub struct Turns(Mutex<State>);

#[derive(Default)]
struct State {
    exchanges: Exchanges,
    waiting: BTreeMap<Ticket, Completer<Begun>>,
    tickets: Ticket,
}

impl Turns {
    /// Nobody's turn, within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self(Mutex::new(State { exchanges: Exchanges::new(limits), ..State::default() }))
    }

    /// [`Host::begin`](pipeline::Host::begin) at `now`.
    pub fn begin(&self, exchange: Exchange, now: Duration) -> Pending<Begun> {
        let mut state = self.state();
        state.tickets += 1;
        let ticket = state.tickets;
        match state.exchanges.begin(ticket, exchange, now) {
            Some(begun) => Pending::ready(begun),
            None => {
                let (completer, pending) = Pending::new(Operation::Begin);
                state.waiting.insert(ticket, completer);
                pending
            }
        }
    }

    /// [`Host::commit`](pipeline::Host::commit) at `now`.
    pub fn commit(&self, lease: LeaseId, record: Record, now: Duration) -> Pending<()> {
        let mut state = self.state();
        match state.exchanges.commit(lease, record, now) {
            Some(granted) => {
                tell(self, state, granted);
                Pending::ready(())
            }
            None => {
                let fault = Fault::Permanent;
                Pending::ended(Err(Failure { operation: Operation::Commit, fault }))
            }
        }
    }

    /// [`Host::release`](pipeline::Host::release), and abort.
    pub fn release(&self, lease: LeaseId) {
        let mut state = self.state();
        let granted = state.exchanges.release(lease);
        tell(self, state, granted);
    }

    /// How many answers are kept, and how many requests wait for their turn.
    #[must_use]
    pub fn kept_and_waiting(&self) -> (usize, usize) {
        let state = self.state();
        (state.exchanges.answers(), state.waiting.len())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells those who got their turn, after the lock: what they do next calls the host again.
fn tell(turns: &Turns, mut state: MutexGuard<'_, State>, granted: Granted) {
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
        // A turn whose answer reaches nobody is over.
        if !completer.complete(Ok(begun))
            && let Some(lease) = lease
        {
            turns.release(lease);
        }
    }
}
