//! The table of exchanges behind a lock, with the requests that wait for their turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::exchanges::{Exchanges, Granted, Limits, Ticket};
use pipeline::{Begun, Completer, Exchange, Failure, Fault, LeaseId, Operation, Pending, Record};

/// The exchanges of a real host.
#[derive(Default)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    exchanges: Exchanges,
    waiting: BTreeMap<Ticket, Completer<Begun>>,
    tickets: Ticket,
}

impl Turns {
    /// An empty table with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let state = State { exchanges: Exchanges::new(limits), ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// [`Host::begin`](pipeline::Host::begin) at `now`.
    pub fn begin(&self, exchange: Exchange, now: Duration) -> Pending<Begun> {
        let mut state = self.state();
        state.tickets += 1;
        let ticket = state.tickets;
        match state.exchanges.begin(ticket, exchange, now) {
            Some(begun) => Pending::ready(begun),
            None => {
                // Weak, because the table holds the completer that holds this.
                let table = Arc::downgrade(&self.0);
                let (completer, pending) = Pending::reclaimed(Operation::Begin, move |begun| {
                    if let (Ok(Begun::Fresh { lease, .. }), Some(table)) = (begun, table.upgrade())
                    {
                        Self(table).release(lease);
                    }
                });
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

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes the `begin`s that got their turn, without the lock, because the code that waits may
/// call the host again. In a loop, because a turn whose request is gone is over and goes to the
/// next.
fn tell<'t>(turns: &'t Turns, mut state: MutexGuard<'t, State>, mut granted: Granted) {
    while !granted.is_empty() {
        let told: Vec<_> = granted
            .drain(..)
            .filter_map(|(ticket, begun)| Some((state.waiting.remove(&ticket)?, begun)))
            .collect();
        drop(state);
        let lost: Vec<LeaseId> = told.into_iter().filter_map(undelivered).collect();
        state = turns.state();
        for lease in lost {
            granted.append(&mut state.exchanges.release(lease));
        }
    }
}

/// Completes one `begin`. Returns the turn if the request is gone.
fn undelivered((completer, begun): (Completer<Begun>, Begun)) -> Option<LeaseId> {
    let lease = match &begun {
        Begun::Fresh { lease, .. } => Some(*lease),
        Begun::Done(_) | Begun::Replayed | Begun::Crowded => None,
    };
    if completer.complete(Ok(begun)) { None } else { lease }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use pipeline::ExchangeKey;
    use wechat::Message;

    use super::*;

    fn exchange(id: usize) -> Exchange {
        let xml = format!(
            "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
             <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        );
        let message = Message::parse(xml.as_bytes()).expect("a message").key();
        let key = ExchangeKey { account: "demo".into(), user: "a".into(), message };
        Exchange { key, binding: None }
    }

    fn polled(pending: &mut Pending<Begun>) -> Poll<Result<Begun, Failure>> {
        Pin::new(pending).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn lease(begun: Poll<Result<Begun, Failure>>) -> LeaseId {
        match begun {
            Poll::Ready(Ok(Begun::Fresh { lease, .. })) => lease,
            other => panic!("no turn: {other:?}"),
        }
    }

    #[test]
    fn a_turn_that_nobody_came_for_goes_to_the_next() {
        let turns = Turns::default();
        let first = lease(polled(&mut turns.begin(exchange(1), Duration::ZERO)));
        let mut second = turns.begin(exchange(2), Duration::ZERO);
        let mut third = turns.begin(exchange(3), Duration::ZERO);
        assert!(polled(&mut second).is_pending());
        turns.release(first);
        drop(second); // it has its turn, but it is dropped without being polled
        lease(polled(&mut third));
    }

    #[test]
    fn many_who_are_gone_are_passed_over_without_recursion() {
        let turns = Turns::new(Limits { waiting: usize::MAX, ..Limits::default() });
        let first = lease(polled(&mut turns.begin(exchange(1), Duration::ZERO)));
        for id in 2..20_000 {
            drop(turns.begin(exchange(id), Duration::ZERO));
        }
        let mut last = turns.begin(exchange(20_000), Duration::ZERO);
        turns.release(first);
        lease(polled(&mut last));
    }
}
