//! The table of exchanges: whose turn it is, what was answered, what is remembered. A pure state
//! machine without waiting, so that the simulated host and the real one share its semantics.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use pipeline::exchange::Binding;
use pipeline::{Answer, Begun, Exchange, LeaseId, Record, Session};
use wechat::MessageKey;

/// Names a waiting `begin`; the host's own number.
pub type Ticket = usize;

/// Whoever gets a turn, and what `begin` answers them.
pub type Granted = Vec<(Ticket, Begun)>;

/// All exchanges of a host.
#[derive(Debug, Default)]
pub struct Exchanges {
    users: BTreeMap<UserKey, User>,
    leases: BTreeMap<LeaseId, UserKey>,
    /// Which body each signature came with, and until when that matters.
    signatures: BTreeMap<(Arc<str>, String), ([u8; 20], Duration)>,
    sweep_at: usize,
    journal: Vec<Entry>,
    issued: u64,
}

type UserKey = (Arc<str>, String);

#[derive(Debug, Default)]
struct User {
    session: Session,
    answers: BTreeMap<MessageKey, Answer>,
    turn: Option<(LeaseId, MessageKey)>,
    waiting: VecDeque<(Ticket, MessageKey)>,
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
    /// What was stored for it.
    pub record: Record,
}

impl Exchanges {
    /// Opens an exchange. `None` when it has to wait: `ticket` is granted its turn by a later
    /// [`commit`](Self::commit) or [`release`](Self::release).
    pub fn begin(&mut self, ticket: Ticket, exchange: Exchange, now: Duration) -> Option<Begun> {
        let Exchange { key, binding } = exchange;
        if let Some(binding) = binding
            && !self.bind(&key.account, binding, now)
        {
            return Some(Begun::Replayed);
        }
        let user_key = (key.account, key.user);
        let user = self.users.entry(user_key.clone()).or_default();
        // Stored, so it needs no turn: a repeat is answered while another message is under way.
        if let Some(answer) = user.answers.get(&key.message) {
            return Some(Begun::Done(answer.clone()));
        }
        if user.turn.is_some() {
            user.waiting.push_back((ticket, key.message));
            return None;
        }
        Some(self.grant(&user_key, key.message))
    }

    /// Stores a record and ends the turn. `None` when the lease is over: nothing is stored.
    pub fn commit(&mut self, lease: LeaseId, record: Record) -> Option<Granted> {
        let key = self.leases.get(&lease)?;
        let user = self.users.get_mut(key)?;
        let (_, message) = user.turn.as_ref()?;
        user.session = record.session.clone();
        user.answers.insert(message.clone(), record.answer.clone());
        self.journal.push(Entry {
            account: key.0.to_string(),
            user: key.1.clone(),
            message: message.clone(),
            record,
        });
        Some(self.release(lease))
    }

    /// Ends a turn. Without effect when the lease is over.
    pub fn release(&mut self, lease: LeaseId) -> Granted {
        let mut granted = Granted::new();
        let Some(key) = self.leases.remove(&lease) else { return granted };
        if let Some(user) = self.users.get_mut(&key) {
            user.turn = None;
        }
        // First come, first served; those whose message was answered meanwhile need no turn.
        while let Some(user) = self.users.get_mut(&key)
            && user.turn.is_none()
            && let Some((ticket, message)) = user.waiting.pop_front()
        {
            let begun = match user.answers.get(&message) {
                Some(answer) => Begun::Done(answer.clone()),
                None => self.grant(&key, message),
            };
            granted.push((ticket, begun));
        }
        granted
    }

    /// Takes a waiting `begin` out of its queue: nobody waits for it any more.
    pub fn forget(&mut self, ticket: Ticket) {
        for user in self.users.values_mut() {
            user.waiting.retain(|(waiting, _)| *waiting != ticket);
        }
    }

    /// The sessions, by account and user.
    pub fn sessions(&self) -> impl Iterator<Item = ((&str, &str), &Session)> {
        self.users.iter().map(|((account, user), state)| ((&**account, &**user), &state.session))
    }

    /// What was committed, in its order.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// How many turns and how many waiting `begin`s there are.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.users.values().map(|user| usize::from(user.turn.is_some()) + user.waiting.len()).sum()
    }

    fn grant(&mut self, key: &UserKey, message: MessageKey) -> Begun {
        self.issued += 1;
        let lease = LeaseId(self.issued);
        self.leases.insert(lease, key.clone());
        let user = self.users.entry(key.clone()).or_default();
        user.turn = Some((lease, message));
        Begun::Fresh { session: user.session.clone(), lease }
    }

    /// Whether the signature is new, or came with this body before.
    fn bind(&mut self, account: &Arc<str>, binding: Binding, now: Duration) -> bool {
        // Swept when it has doubled: looking at all of them for each would be quadratic.
        if self.signatures.len() >= self.sweep_at.max(1024) {
            self.signatures.retain(|_, (_, expires)| *expires >= now);
            self.sweep_at = 2 * self.signatures.len();
        }
        let Binding { signature, body, expires } = binding;
        let seen = self.signatures.entry((Arc::clone(account), signature));
        let seen = seen.or_insert((body, expires));
        if seen.1 < now {
            *seen = (body, expires);
        }
        seen.0 == body
    }
}

#[cfg(test)]
mod tests {
    use pipeline::ExchangeKey;
    use wechat::Reply;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_700_000_000);

    fn exchange(id: u64, user: &str) -> Exchange {
        let message = MessageKey::Message { id, created: 1 };
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
        let answer = Answer { reply: Reply::Success, created: 1, unit: "-" };
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
        let granted = table.commit(first, record()).expect("in time");
        assert_eq!(granted[0], (2, Begun::Done(record().answer)));
        assert!(matches!(&granted[1], (3, Begun::Fresh { session, .. }) if session.exchanges == 1));
        assert_eq!(table.begin(4, exchange(1, "a"), NOW), Some(Begun::Done(record().answer)));
    }

    #[test]
    fn a_stale_lease_neither_commits_nor_ends_the_turn_of_a_retry() {
        let mut table = Exchanges::default();
        let stale = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.release(stale), []);
        let retry = lease(table.begin(2, exchange(1, "a"), NOW));
        assert_eq!(table.release(stale), []);
        assert_eq!(table.commit(stale, record()), None);
        assert_eq!(table.begin(3, exchange(2, "a"), NOW), None);
        assert_eq!(table.commit(retry, record()).map(|granted| granted.len()), Some(1));
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
}
