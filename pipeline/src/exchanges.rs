//! The table of exchanges: turns, stored answers and sessions. It is a pure state machine and never
//! waits, so the simulated host and the real one behave in the same way.
//!
//! * [`Limits`]: how much is remembered, and for how long.
//! * `answers`: the answers, stored for repeats.
//! * `signatures`: which body came with each signature of an account.

mod answers;
mod limits;
mod signatures;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use wechat::MessageKey;

use self::answers::{Answers, Order};
use self::signatures::Signatures;

pub use self::limits::Limits;
use crate::exchange::{Begun, Exchange, ExchangeKey, LeaseId, Record, Session};

/// Identifies a `begin` that waits. The host chooses the number.
pub type Ticket = usize;

/// The waiting `begin`s that get an answer now, and their answers.
pub type Granted = Vec<(Ticket, Begun)>;

/// All exchanges of a host.
#[derive(Debug, Default)]
pub struct Exchanges {
    limits: Limits,
    accounts: BTreeMap<Arc<str>, Table>,
    /// The `begin`s that wait. So one that is forgotten is found without a look at other users.
    waiting: BTreeMap<Ticket, Arc<ExchangeKey>>,
    leases: Leases,
    journal: Option<Vec<Entry>>,
}

/// The exchanges of one account.
#[derive(Debug, Default)]
struct Table {
    /// A hash map, as for signatures. In a tree, finding a long key would mean comparing it with
    /// dozens of others.
    users: HashMap<Arc<str>, User>,
    /// How many users there may be before the idle ones are removed.
    sweep_users_at: usize,
    order: Order,
    signatures: Signatures,
}

#[derive(Debug, Default)]
struct User {
    session: Session,
    /// The answers are stored with the user and not in one table for the account. When such a large
    /// table grows, all requests that need its lock wait.
    answers: Answers,
    turn: Option<LeaseId>,
    /// In the order of arrival. Their keys are in [`Exchanges::waiting`].
    waiting: VecDeque<Ticket>,
    last: Duration,
}

/// The turns that are under way.
#[derive(Debug, Default)]
struct Leases {
    of: BTreeMap<LeaseId, Arc<ExchangeKey>>,
    issued: u64,
}

/// One committed exchange.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The account's name.
    pub account: String,
    /// The user's OpenID.
    pub user: String,
    /// The message.
    pub message: MessageKey,
    /// The record that was stored for it.
    pub record: Record,
}

impl Exchanges {
    /// A table with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// A table that keeps a journal of all commits; it grows without bound.
    #[must_use]
    pub fn with_journal() -> Self {
        Self::default().journaled()
    }

    /// The same table with a journal of all commits from now on; it grows without bound.
    #[must_use]
    pub fn journaled(self) -> Self {
        Self { journal: Some(Vec::new()), ..self }
    }

    /// Opens an exchange. `None` means that it has to wait. Then a later [`commit`](Self::commit)
    /// or [`release`](Self::release) grants `ticket` its turn. No other `begin` that waits may have
    /// the same ticket.
    pub fn begin(&mut self, ticket: Ticket, exchange: Exchange, now: Duration) -> Option<Begun> {
        let Exchange { key, binding } = exchange;
        let table = self.accounts.entry(Arc::clone(&key.account)).or_default();
        if let Some(binding) = binding
            && !table.signatures.bind(binding, &self.limits, now)
        {
            return Some(Begun::Replayed);
        }
        table.forget_old_answers(&self.limits, now);
        table.forget_idle_users(&self.limits, now);
        let user = table.users.entry(Arc::clone(&key.user)).or_default();
        if user.turn.is_none() && user.last + self.limits.sessions_for < now {
            user.session = Session::default();
        }
        user.last = now;
        // The answer is stored, so no turn is needed: a repeat is answered even while another
        // message is under way. The answer to a message without a MsgId is never stored, because
        // its repeat cannot be recognised.
        if let Some(answer) = user.answers.get(&key.message) {
            return Some(Begun::Done(Box::new(answer.clone())));
        }
        let key = Arc::new(key);
        if user.turn.is_none() {
            return Some(self.leases.grant(user, key));
        }
        if user.waiting.len() >= self.limits.waiting {
            return Some(Begun::Crowded);
        }
        user.waiting.push_back(ticket);
        self.waiting.insert(ticket, key);
        None
    }

    /// Stores a record and ends the turn. `None` when the lease is over: nothing is stored.
    pub fn commit(&mut self, lease: LeaseId, record: Record, now: Duration) -> Option<Granted> {
        let key = Arc::clone(self.leases.of.get(&lease)?);
        let table = self.accounts.get_mut(&key.account)?;
        let user = table.users.get_mut(&key.user)?;
        user.last = now;
        user.session = record.session.clone();
        if let Some(journal) = &mut self.journal {
            let (account, user) = (key.account.to_string(), key.user.to_string());
            let message = key.message.clone();
            journal.push(Entry { account, user, message, record: record.clone() });
        }
        if key.message.is_identified() {
            table.order.keep(now, Arc::clone(&key), &record.answer);
            user.answers.keep(key, record.answer);
            table.forget_old_answers(&self.limits, now);
        }
        Some(self.release(lease))
    }

    /// Ends a turn. Without effect if the lease is over.
    pub fn release(&mut self, lease: LeaseId) -> Granted {
        let mut granted = Granted::new();
        let Some(key) = self.leases.of.remove(&lease) else { return granted };
        let table = self.accounts.get_mut(&key.account);
        let Some(user) = table.and_then(|table| table.users.get_mut(&key.user)) else {
            return granted;
        };
        user.turn = None;
        // In the order of arrival. A message that was answered in the meantime needs no turn.
        while user.turn.is_none()
            && let Some(ticket) = user.waiting.pop_front()
        {
            let Some(key) = self.waiting.remove(&ticket) else { continue };
            let begun = match user.answers.get(&key.message) {
                Some(answer) => Begun::Done(Box::new(answer.clone())),
                None => self.leases.grant(user, key),
            };
            granted.push((ticket, begun));
        }
        granted
    }

    /// Takes a waiting `begin` out of its queue, because no request waits for it any more. Without
    /// effect when it does not wait.
    pub fn forget(&mut self, ticket: Ticket) {
        let Some(key) = self.waiting.remove(&ticket) else { return };
        let table = self.accounts.get_mut(&key.account);
        if let Some(user) = table.and_then(|table| table.users.get_mut(&key.user)) {
            user.waiting.retain(|waiting| *waiting != ticket);
        }
    }

    /// The sessions, in the order of account and user.
    pub fn sessions(&self) -> impl Iterator<Item = ((&str, &str), &Session)> {
        let sessions = self.accounts.iter().flat_map(|(account, table)| {
            let users = table.users.iter();
            users.map(move |(user, state)| ((&**account, &**user), &state.session))
        });
        sessions.collect::<BTreeMap<_, _>>().into_iter()
    }

    /// The commits in their order. Empty if there is no journal.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// How many answers are kept.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.accounts.values().map(|table| table.order.len()).sum()
    }

    /// How many signatures are remembered.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.accounts.values().map(|table| table.signatures.len()).sum()
    }

    /// How many turns are under way.
    #[must_use]
    pub fn turns(&self) -> usize {
        self.leases.of.len()
    }

    /// How many `begin`s wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

impl Table {
    fn forget_old_answers(&mut self, limits: &Limits, now: Duration) {
        while let Some(key) = self.order.old(limits, now) {
            // The account's oldest answer is also the oldest of its user.
            let user = self.users.get_mut(&key.user);
            if let Some(answer) = user.and_then(|user| user.answers.forget_oldest()) {
                self.order.forgot(&answer);
            }
        }
    }

    /// Forgets users about whom nothing is left to remember. This is done when their number has
    /// doubled, because checking all of them for each new user would take quadratic time.
    fn forget_idle_users(&mut self, limits: &Limits, now: Duration) {
        if self.users.len() < self.sweep_users_at.max(limits.sweep_users_at) {
            return;
        }
        // If a user has waiting messages, another message of this user has the turn.
        self.users.retain(|_, user| {
            user.turn.is_some()
                || !user.answers.is_empty()
                || user.last + limits.sessions_for >= now
        });
        self.sweep_users_at = 2 * self.users.len();
    }
}

impl Leases {
    fn grant(&mut self, user: &mut User, key: Arc<ExchangeKey>) -> Begun {
        self.issued += 1;
        let lease = LeaseId(self.issued);
        self.of.insert(lease, key);
        user.turn = Some(lease);
        Begun::Fresh { session: user.session.clone(), lease }
    }
}

#[cfg(test)]
mod tests {
    use wechat::{Message, Reply};

    use super::*;
    use crate::exchange::{Answer, Binding};

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn exchange(id: u64, user: &str) -> Exchange {
        let xml = format!(
            "<xml><ToUserName>gh</ToUserName><FromUserName>{user}</FromUserName>\
             <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        );
        let message = Message::parse(xml.as_bytes()).expect("a message").key();
        let key = ExchangeKey { account: "demo".into(), user: user.into(), message };
        Exchange { key, binding: None }
    }

    fn lease(begun: Option<Begun>) -> LeaseId {
        match begun {
            Some(Begun::Fresh { lease, .. }) => lease,
            other => panic!("not fresh: {other:?}"),
        }
    }

    fn record() -> Record {
        let answer = Answer { reply: Reply::Success, created: 1, unit: "-", salt: [0; 16] };
        Record { kind: "text", answer, session: Session { exchanges: 1, ..Session::default() } }
    }

    #[test]
    fn a_user_has_one_turn_at_a_time_first_come_first_served() {
        let mut table = Exchanges::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.begin(2, exchange(2, "a"), NOW), None);
        assert_eq!(table.begin(3, exchange(3, "a"), NOW), None);
        assert!(matches!(table.begin(4, exchange(1, "b"), NOW), Some(Begun::Fresh { .. })));
        let granted = table.release(first);
        assert_eq!(granted.iter().map(|(ticket, _)| *ticket).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn waiting_repeats_get_the_stored_answer_and_the_next_message_its_turn() {
        let mut table = Exchanges::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.begin(2, exchange(1, "a"), NOW), None);
        assert_eq!(table.begin(3, exchange(2, "a"), NOW), None);
        let granted = table.commit(first, record(), NOW).expect("in time");
        assert_eq!(granted[0], (2, Begun::Done(Box::new(record().answer))));
        assert!(matches!(&granted[1], (3, Begun::Fresh { session, .. }) if session.exchanges == 1));
        assert_eq!(
            table.begin(4, exchange(1, "a"), NOW),
            Some(Begun::Done(Box::new(record().answer)))
        );
    }

    #[test]
    fn a_message_without_an_id_has_no_repeat() {
        let mut table = Exchanges::default();
        let nameless = || {
            let xml = "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
                       <CreateTime>1</CreateTime><MsgType>text</MsgType></xml>";
            let message = Message::parse(xml.as_bytes()).expect("a message").key();
            let key = ExchangeKey { message, ..exchange(1, "a").key };
            Exchange { key, binding: None }
        };
        let first = lease(table.begin(1, nameless(), NOW));
        assert!(table.commit(first, record(), NOW).is_some());
        assert!(matches!(table.begin(2, nameless(), NOW), Some(Begun::Fresh { .. })));
    }

    #[test]
    fn a_crowd_of_one_user_is_turned_away() {
        let mut table = Exchanges::new(Limits { waiting: 1, ..Limits::default() });
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.begin(2, exchange(2, "a"), NOW), None);
        assert_eq!(table.begin(3, exchange(3, "a"), NOW), Some(Begun::Crowded));
        assert_eq!(table.release(first).len(), 1);
        assert_eq!(table.begin(4, exchange(3, "a"), NOW), None);
    }

    #[test]
    fn a_stale_lease_neither_commits_nor_ends_the_turn_of_a_retry() {
        let mut table = Exchanges::default();
        let stale = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.release(stale), []);
        let retry = lease(table.begin(2, exchange(1, "a"), NOW));
        assert_eq!(table.release(stale), []);
        assert_eq!(table.commit(stale, record(), NOW), None);
        assert_eq!(table.begin(3, exchange(2, "a"), NOW), None);
        assert_eq!(table.commit(retry, record(), NOW).map(|granted| granted.len()), Some(1));
    }

    #[test]
    fn a_signature_is_bound_to_one_body_until_its_window_closes() {
        let mut table = Exchanges::default();
        let bound = |id, body| {
            let binding = Binding { signature: "s".into(), body: [body; 20], expires: NOW };
            Exchange { binding: Some(binding), ..exchange(id, "a") }
        };
        assert!(matches!(table.begin(1, bound(1, 1), NOW), Some(Begun::Fresh { .. })));
        assert_eq!(table.begin(2, bound(2, 2), NOW), Some(Begun::Replayed));
        let later = NOW + Duration::from_nanos(1);
        assert_eq!(table.begin(3, bound(2, 2), later), None); // it waits for its turn
    }

    #[test]
    fn answers_are_forgotten_when_they_are_old_or_too_many() {
        let limits = Limits { answers: 2, ..Limits::default() };
        let mut table = Exchanges::new(limits);
        for id in 1..=3 {
            let lease = lease(table.begin(1, exchange(id, "a"), NOW));
            assert!(table.commit(lease, record(), NOW).is_some());
        }
        assert_eq!(table.answers(), 2);
        assert_eq!(
            table.begin(1, exchange(3, "a"), NOW),
            Some(Begun::Done(Box::new(record().answer)))
        );
        let later = NOW + limits.answers_for + Duration::from_secs(1);
        assert!(matches!(table.begin(1, exchange(3, "a"), later), Some(Begun::Fresh { .. })));
        assert_eq!(table.answers(), 0);
    }

    #[test]
    fn answers_are_forgotten_when_they_are_too_large() {
        let limits = Limits { bytes: 10, ..Limits::default() };
        let mut table = Exchanges::new(limits);
        for id in 1..=3 {
            let lease = lease(table.begin(1, exchange(id, "a"), NOW));
            let reply = Reply::text("sixty").expect("short");
            let answer = Answer { reply, ..record().answer };
            assert!(table.commit(lease, Record { answer, ..record() }, NOW).is_some());
        }
        assert_eq!(table.answers(), 2);
    }

    #[test]
    fn a_session_ends_a_while_after_its_last_exchange() {
        let mut table = Exchanges::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert!(table.commit(first, record(), NOW).is_some());
        let exchanges = |begun| match begun {
            Some(Begun::Fresh { session, lease }) => (session.exchanges, lease),
            other => panic!("not fresh: {other:?}"),
        };
        let in_time = NOW + Limits::default().sessions_for;
        let (count, second) = exchanges(table.begin(1, exchange(2, "a"), in_time));
        assert_eq!(count, 1);
        table.release(second);
        let too_late = in_time + Limits::default().sessions_for + Duration::from_secs(1);
        assert_eq!(exchanges(table.begin(1, exchange(3, "a"), too_late)).0, 0);
    }

    #[test]
    fn who_is_gone_leaves_the_queue_and_all_others_stay_in_it() {
        let mut table = Exchanges::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        let other = lease(table.begin(2, exchange(1, "b"), NOW));
        for ticket in 3..=5 {
            assert_eq!(table.begin(ticket, exchange(ticket as u64, "a"), NOW), None);
        }
        assert_eq!(table.begin(6, exchange(6, "b"), NOW), None);
        table.forget(4);
        table.forget(4); // it is gone already
        table.forget(1); // it does not wait
        assert_eq!(table.waiting(), 3);
        let tickets = |granted: Granted| granted.into_iter().map(|(ticket, _)| ticket);
        let third = lease(table.release(first).pop().map(|(_, begun)| begun));
        assert_eq!(tickets(table.release(third)).collect::<Vec<_>>(), [5]);
        assert_eq!(tickets(table.release(other)).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn a_session_of_many_users_is_kept_as_long_as_one_of_few() {
        let mut table = Exchanges::default();
        let limits = Limits::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert!(table.commit(first, record(), NOW).is_some());
        // All of them come when the answer is forgotten and the session is not.
        let later = NOW + limits.sessions_for;
        for user in 0..=2 * limits.sweep_users_at {
            let lease = lease(table.begin(1, exchange(1, &user.to_string()), later));
            table.release(lease);
        }
        assert_eq!(table.answers(), 0);
        let begun = table.begin(1, exchange(2, "a"), later);
        assert!(matches!(begun, Some(Begun::Fresh { session, .. }) if session.exchanges == 1));
    }

    #[test]
    fn a_signature_among_many_is_bound_to_one_body_until_its_window_closes() {
        let mut table = Exchanges::default();
        let bound = |signature: &str, body| {
            let binding = Binding { signature: signature.into(), body: [body; 20], expires: NOW };
            Exchange { binding: Some(binding), ..exchange(1, "a") }
        };
        let first = lease(table.begin(0, bound("first", 1), NOW));
        table.release(first);
        for number in 0..=2 * Limits::default().sweep_signatures_at {
            let lease = lease(table.begin(0, bound(&number.to_string(), 1), NOW));
            table.release(lease);
        }
        assert_eq!(table.begin(0, bound("first", 2), NOW), Some(Begun::Replayed));
        assert!(matches!(table.begin(0, bound("first", 1), NOW), Some(Begun::Fresh { .. })));
    }

    #[test]
    fn a_message_without_an_id_counts_in_the_session() {
        let mut table = Exchanges::default();
        let xml = "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
                   <CreateTime>1</CreateTime><MsgType>text</MsgType></xml>";
        let message = Message::parse(xml.as_bytes()).expect("a message").key();
        let key = ExchangeKey { message, ..exchange(1, "a").key };
        let first = lease(table.begin(1, Exchange { key, binding: None }, NOW));
        assert!(table.commit(first, record(), NOW).is_some());
        assert_eq!(table.answers(), 0);
        let begun = table.begin(2, exchange(1, "a"), NOW);
        assert!(matches!(begun, Some(Begun::Fresh { session, .. }) if session.exchanges == 1));
    }
}
