//! The table of exchanges behind a lock, with the requests that wait for their turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::exchange::Binding;
use pipeline::exchanges::{Exchanges, Granted, Kept, Limits, Ticket};
use pipeline::{
    Begun, Completer, Exchange, ExchangeKey, Failure, Fault, LeaseId, Operation, Overdue, Pending,
    Record,
};

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
        Self::part(limits, 0, 1)
    }

    /// An empty table as number `part` of `parts`; see [`Exchanges::part`].
    #[must_use]
    pub fn part(limits: Limits, part: u64, parts: u64) -> Self {
        let exchanges = Exchanges::new(limits).part(part, parts);
        Self(Arc::new(Mutex::new(State { exchanges, ..State::default() })))
    }

    /// [`Exchanges::bind`] at `now`.
    pub fn bind(&self, binding: &Binding, now: Duration) -> bool {
        let mut state = self.state();
        let is_bound = state.exchanges.bind(binding, now);
        unlock(state);
        is_bound
    }

    /// [`Host::begin`](pipeline::Host::begin) at `now`.
    pub fn begin(&self, exchange: Exchange, now: Duration) -> Pending<Begun> {
        let mut state = self.state();
        state.tickets += 1;
        let ticket = state.tickets;
        let begun = match state.exchanges.begin(ticket, exchange, now) {
            Some(begun) => Pending::ready(begun),
            None => {
                // Weak, because the table holds the completer that holds this.
                let table = Arc::downgrade(&self.0);
                let (completer, pending) = Pending::reclaimed(Operation::Begin, move |left| {
                    let Some(turns) = table.upgrade().map(Self) else { return };
                    match left {
                        None => turns.forget(ticket),
                        Some(Ok(Begun::Fresh { lease, .. })) => turns.release(lease),
                        Some(_) => {}
                    }
                });
                state.waiting.insert(ticket, completer);
                pending
            }
        };
        unlock(state);
        begun
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
                unlock(state);
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

    /// [`Host::overdue`](pipeline::Host::overdue)
    pub fn overdue(&self, key: &ExchangeKey) -> Overdue {
        let mut state = self.state();
        let (overdue, granted) = state.exchanges.overdue(key);
        tell(self, state, granted);
        overdue
    }

    /// [`Exchanges::tidy`] at `now`.
    pub fn tidy(&self, now: Duration) {
        let mut state = self.state();
        let tired = state.exchanges.tidy(now);
        tell(self, state, tired);
    }

    /// How much is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.state().exchanges.kept()
    }

    /// A request that waits is gone: it leaves the queue.
    fn forget(&self, ticket: Ticket) {
        let mut state = self.state();
        state.exchanges.forget(ticket);
        let completer = state.waiting.remove(&ticket);
        drop(state);
        drop(completer);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes the `begin`s that got their turn, or have waited too long, without the lock, because
/// the code that waits may call the host again. In a loop, because a turn whose request is gone is
/// over and goes to the next.
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
    unlock(state);
}

/// Drops what was forgotten after the lock, because that takes long if it was much.
fn unlock(mut state: MutexGuard<'_, State>) {
    let forgotten = state.exchanges.forgotten();
    drop(state);
    drop(forgotten);
}

/// Completes one `begin`. Returns the turn if the request is gone.
fn undelivered((completer, begun): (Completer<Begun>, Begun)) -> Option<LeaseId> {
    let lease = match &begun {
        Begun::Fresh { lease, .. } => Some(*lease),
        Begun::Done(_) | Begun::Replayed | Begun::Crowded | Begun::Late => None,
    };
    if completer.complete(Ok(begun)) { None } else { lease }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Wake, Waker};

    use pipeline::{Answer, ExchangeKey, Session};
    use wechat::{Message, Reply};

    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn exchange(id: usize) -> Exchange {
        let xml = format!(
            "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
             <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        );
        let message = Message::parse(xml.as_bytes()).expect("a message").key();
        let key = ExchangeKey { account: "demo".into(), user: "a".into(), message };
        Exchange { key, binding: None }
    }

    fn record() -> Record {
        let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
        Record { kind: "text", answer, session: Session { exchanges: 1, ..Session::default() } }
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

    fn taken(turns: &Turns, id: usize) -> LeaseId {
        lease(polled(&mut turns.begin(exchange(id), NOW)))
    }

    /// Code that waits for a turn: it looks at the lock, and if the lock is free it calls the host
    /// again. It does not wait for the lock, because a test that hangs tells little.
    #[derive(Clone)]
    struct Others {
        turns: Arc<Turns>,
        free: Arc<Mutex<Vec<bool>>>,
    }

    impl Others {
        fn of(turns: &Arc<Turns>) -> Self {
            Self { turns: Arc::clone(turns), free: Arc::default() }
        }

        fn run(&self) {
            let free = self.turns.0.try_lock().is_ok();
            self.free.lock().expect("whole").push(free);
            if free {
                drop(self.turns.begin(exchange(9_999), NOW));
            }
        }

        fn ran(&self) -> Vec<bool> {
            self.free.lock().expect("whole").clone()
        }
    }

    impl Wake for Others {
        fn wake(self: Arc<Self>) {
            self.run();
        }
    }

    impl Drop for Others {
        /// A destructor of a request may release a lease.
        fn drop(&mut self) {
            self.free.lock().expect("whole").push(self.turns.0.try_lock().is_ok());
        }
    }

    #[test]
    fn a_turn_that_nobody_came_for_goes_to_the_next() {
        let turns = Turns::default();
        let first = taken(&turns, 1);
        let mut second = turns.begin(exchange(2), NOW);
        let mut third = turns.begin(exchange(3), NOW);
        assert!(polled(&mut second).is_pending());
        turns.release(first);
        drop(second); // it has its turn, but it is dropped without being polled
        lease(polled(&mut third));
    }

    #[test]
    fn many_who_are_gone_are_passed_over_without_recursion() {
        let turns = Turns::new(Limits { waiting: usize::MAX, ..Limits::default() });
        let first = taken(&turns, 1);
        let gone: Vec<_> = (2..20_000).map(|id| turns.begin(exchange(id), NOW)).collect();
        let mut last = turns.begin(exchange(20_000), NOW);
        turns.release(first);
        drop(gone); // each of them has its turn when the one before is dropped
        lease(polled(&mut last));
    }

    /// Far more than may wait at one time, whether they were polled, told by callback, or neither.
    #[test]
    fn a_request_that_is_dropped_while_it_waits_leaves_the_queue() {
        let turns = Turns::default();
        let most = Limits::default().waiting;
        let first = taken(&turns, 1);
        for id in 0..3 * most {
            let gone = turns.begin(exchange(1_000 + id), NOW);
            match id % 3 {
                0 => drop(gone),
                1 => assert!(polled(&mut { gone }).is_pending()),
                _ => gone.subscribe(|begun| panic!("it is gone: {begun:?}")).cancel(),
            }
            assert_eq!(turns.kept().waiting, 0);
            assert_eq!(turns.state().waiting.len(), 0);
        }
        // As many as may wait do; the next is turned away, and each gets its turn in its order.
        let mut waiting: Vec<_> = (0..most).map(|id| turns.begin(exchange(2 + id), NOW)).collect();
        assert!(waiting.iter_mut().all(|waiting| polled(waiting).is_pending()));
        assert_eq!(polled(&mut turns.begin(exchange(5_000), NOW)), Poll::Ready(Ok(Begun::Crowded)));
        // One in the middle goes: there is room for one, at the end of the queue.
        drop(waiting.remove(most / 2));
        waiting.push(turns.begin(exchange(5_000), NOW));
        let mut turn = first;
        for at in 0..waiting.len() {
            assert!(waiting[at..].iter_mut().all(|waiting| polled(waiting).is_pending()));
            turns.release(turn);
            turn = lease(polled(&mut waiting[at]));
        }
    }

    #[test]
    fn a_request_that_is_dropped_in_the_queue_of_one_user_changes_nothing_for_others() {
        let turns = Turns::default();
        let of = |user: &str, id| {
            let key = ExchangeKey { user: user.into(), ..exchange(id).key };
            Exchange { key, binding: None }
        };
        let mut first = [0, 1].map(|_| LeaseId(0));
        let mut waiting = Vec::new();
        for (user, first) in ["b", "c"].into_iter().zip(&mut first) {
            *first = lease(polled(&mut turns.begin(of(user, 1), NOW)));
            waiting.push(turns.begin(of(user, 2), NOW));
        }
        drop(waiting.remove(0));
        for lease in first {
            turns.release(lease);
        }
        lease(polled(&mut waiting[0]));
        lease(polled(&mut turns.begin(of("b", 3), NOW)));
    }

    #[test]
    fn a_callback_that_gets_its_turn_may_call_the_host_again() {
        for commits in [false, true] {
            let turns = Arc::new(Turns::default());
            let others = Others::of(&turns);
            let first = taken(&turns, 1);
            let told = Arc::new(Mutex::new(Vec::new()));
            for id in [1, 2, 3] {
                let (others, told) = (others.clone(), Arc::clone(&told));
                let waiting = turns.begin(exchange(id), NOW).subscribe(move |begun| {
                    others.run();
                    told.lock().expect("whole").push((id, begun));
                });
                drop(waiting);
            }
            match commits {
                true => {
                    assert_eq!(turns.commit(first, record(), NOW).try_take().ok(), Some(Ok(())))
                }
                false => turns.release(first),
            }
            let told = std::mem::take(&mut *told.lock().expect("whole"));
            let fresh = told.iter().filter(|(_, begun)| matches!(begun, Ok(Begun::Fresh { .. })));
            assert_eq!(fresh.map(|(id, _)| *id).collect::<Vec<_>>(), [if commits { 2 } else { 1 }]);
            assert_eq!(told.len(), if commits { 2 } else { 1 }, "{told:?}");
            assert!(others.ran().iter().all(|free| *free), "{:?}", others.ran());
            assert!(!others.ran().is_empty());
        }
    }

    #[test]
    fn a_task_that_gets_its_turn_is_not_woken_under_the_lock() {
        let turns = Arc::new(Turns::default());
        let others = Arc::new(Others::of(&turns));
        let first = taken(&turns, 1);
        let mut second = turns.begin(exchange(2), NOW);
        let task = Waker::from(Arc::clone(&others));
        assert!(Pin::new(&mut second).poll(&mut Context::from_waker(&task)).is_pending());
        turns.release(first);
        assert_eq!(others.ran(), [true]);
        lease(polled(&mut second));
    }

    #[test]
    fn no_destructor_of_a_request_that_waits_runs_under_the_lock() {
        // Dropped while it waits; when it has its turn and does not know it; with the host.
        let turns = Arc::new(Turns::default());
        let others = Others::of(&turns);
        let first = taken(&turns, 1);
        let captured = others.clone();
        turns.begin(exchange(2), NOW).subscribe(move |_| drop(captured)).cancel();
        assert_eq!(others.ran(), [true]);

        let second = turns.begin(exchange(2), NOW);
        let captured = others.clone();
        drop(turns.begin(exchange(3), NOW).subscribe(move |_| drop(captured)));
        turns.release(first);
        drop(second); // so the third has its turn, told from here
        assert_eq!(others.ran(), [true, true]);
    }

    #[test]
    fn who_waits_when_the_host_ends_hears_that_it_was_abandoned() {
        let turns = Turns::default();
        taken(&turns, 1);
        let mut second = turns.begin(exchange(2), NOW);
        drop(turns);
        let failure = Failure { operation: Operation::Begin, fault: Fault::Abandoned };
        assert_eq!(polled(&mut second), Poll::Ready(Err(failure)));
    }

    #[test]
    fn who_has_waited_too_long_is_turned_away_and_the_next_in_time_gets_its_turn() {
        let turns = Turns::default();
        let first = taken(&turns, 1);
        let mut tired = turns.begin(exchange(2), NOW);
        let later = NOW + Limits::default().waiting_for;
        let mut next = turns.begin(exchange(3), later);
        turns.tidy(later);
        assert!(polled(&mut tired).is_pending());
        turns.tidy(later + Duration::from_nanos(1));
        assert_eq!(polled(&mut tired), Poll::Ready(Ok(Begun::Crowded)));
        assert!(polled(&mut next).is_pending());
        turns.release(first);
        lease(polled(&mut next));
    }

    #[test]
    fn a_commit_after_its_turn_is_a_failure_for_good() {
        let turns = Turns::default();
        let first = taken(&turns, 1);
        turns.release(first);
        let failure = Failure { operation: Operation::Commit, fault: Fault::Permanent };
        assert_eq!(turns.commit(first, record(), NOW).try_take().ok(), Some(Err(failure)));
    }
}
