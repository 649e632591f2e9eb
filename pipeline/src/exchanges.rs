//! The table of exchanges: turns, stored answers and sessions. It is a pure state machine and never
//! waits, so the simulated host and the real one behave in the same way.
//!
//! A call takes a few steps, however much is kept, unless a map grows. A host of many users divides
//! them over many tables, so that this takes little time, too. What a call forgets is dropped later;
//! see [`Exchanges::forgotten`].
//!
//! * [`Limits`]: how much is remembered, and for how long.
//! * `hashed`: keys that bring their hash along.
//! * `size`: how many bytes something takes that is kept.
//! * `generations`: what is kept for some time and in limited room.

mod generations;
mod hashed;
mod limits;
mod size;

use std::collections::{BTreeMap, VecDeque};
use std::iter::Sum;
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use wechat::{MessageKey, Reply};

use self::generations::Generations;
use self::hashed::{Hashed, Map, Signed};

pub use self::limits::Limits;
use crate::exchange::{
    Answer, Begun, Binding, Exchange, ExchangeKey, LeaseId, Overdue, Record, Session, Who,
};

/// Identifies a `begin` that waits. The host chooses the number; a later one is larger.
pub type Ticket = usize;

/// The waiting `begin`s that get an answer now, and their answers.
pub type Granted = Vec<(Ticket, Begun)>;

/// All exchanges of a host, or a part of them: those of some users, and some signatures.
///
/// Times are those of [`Host::elapsed`](crate::Host::elapsed).
#[derive(Debug)]
pub struct Exchanges {
    limits: Limits,
    answers: Generations<Hashed<Arc<ExchangeKey>>, Box<Answer>>,
    sessions: Generations<Hashed<Who>, Session>,
    /// The body that came with each signature.
    signatures: Generations<Signed, [u8; 20]>,
    /// The turns under way.
    turns: Map<Hashed<Who>, Turn>,
    /// The `begin`s that wait. So one that is forgotten is found without a look at other users.
    waiting: BTreeMap<Ticket, Waiting>,
    leases: Leases,
    journal: Option<Vec<Entry>>,
    hashes: RandomState,
}

/// A user's turn under way.
#[derive(Debug)]
struct Turn {
    lease: LeaseId,
    /// The `begin`s that wait for its end, in the order of arrival.
    queue: VecDeque<Ticket>,
}

#[derive(Debug)]
struct Waiting {
    tries: Try,
    since: Duration,
}

/// One of the tries of an exchange.
#[derive(Debug)]
struct Try {
    who: Hashed<Who>,
    key: Hashed<Arc<ExchangeKey>>,
    /// Which of them it is, from 1. As long as none of them is answered, WeChat sends three.
    number: u8,
    /// Whether WeChat will not ask again. If this try runs the units, the session keeps the answer.
    owed: bool,
}

/// The turns that are under way, by their leases.
#[derive(Debug)]
struct Leases {
    of: BTreeMap<LeaseId, Try>,
    next: u64,
    step: u64,
}

/// How many tries WeChat sends as long as none is answered.
const TRIES: u8 = 3;

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

/// How much a table keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Answers.
    pub answers: usize,
    /// Sessions.
    pub sessions: usize,
    /// Signatures.
    pub signatures: usize,
    /// The bytes of these three, keys included.
    pub bytes: usize,
    /// Turns under way.
    pub turns: usize,
    /// Messages that wait for their turn.
    pub waiting: usize,
}

impl Default for Exchanges {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Exchanges {
    /// A table with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let Limits { kept_for, sessions_for, bytes, .. } = limits;
        Self {
            limits,
            answers: Generations::new(kept_for, bytes / 2),
            sessions: Generations::new(sessions_for, bytes / 4),
            signatures: Generations::new(kept_for, bytes / 4),
            turns: Map::default(),
            waiting: BTreeMap::new(),
            leases: Leases { of: BTreeMap::new(), next: 0, step: 1 },
            journal: None,
            hashes: RandomState::new(),
        }
    }

    /// The same table as number `part` of `parts`: by a lease one can tell whose it is, because the
    /// remainder of its number is `part`.
    #[must_use]
    pub fn part(self, part: u64, parts: u64) -> Self {
        Self { leases: Leases { next: part, step: parts, ..self.leases }, ..self }
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

    /// Whether a signature is new, or came with this body before.
    pub fn bind(&mut self, binding: &Binding, now: Duration) -> bool {
        self.signatures.age(now);
        let signature = Signed(binding.signature);
        match self.signatures.get(&signature) {
            Some(body) => *body == binding.body,
            None => {
                self.signatures.keep(signature, binding.body, now);
                true
            }
        }
    }

    /// Opens an exchange. `None` means that it has to wait. Then a later [`commit`](Self::commit)
    /// or [`release`](Self::release) grants `ticket` its turn, or [`tidy`](Self::tidy) ends its
    /// waiting. No other `begin` that waits may have the same ticket.
    pub fn begin(&mut self, ticket: Ticket, exchange: Exchange, now: Duration) -> Option<Begun> {
        let Exchange { key, binding } = exchange;
        if binding.is_some_and(|binding| !self.bind(&binding, now)) {
            return Some(Begun::Replayed);
        }
        self.answers.age(now);
        self.sessions.age(now);
        let who = Hashed::new(key.who(), &self.hashes);
        let key = Hashed::new(Arc::new(key), &self.hashes);
        self.sessions.touch(&who, now);
        // The answer is stored, so no turn is needed: a repeat is answered even while another
        // message is under way. The answer to a message without a MsgId is never stored, because
        // its repeat cannot be recognised.
        if let Some(answer) = self.answers.get(&key) {
            return Some(Begun::Done(answer.clone()));
        }
        let Some(turn) = self.turns.get_mut(&who) else {
            let first = Try { who, key, number: 1, owed: false };
            return Some(self.grant(first, VecDeque::new()));
        };
        if turn.queue.len() >= self.limits.waiting {
            return Some(Begun::Crowded);
        }
        let earlier = turn.queue.iter().filter_map(|ticket| self.waiting.get(ticket));
        let earlier = earlier.map(|waiting| &waiting.tries).chain(self.leases.of.get(&turn.lease));
        let earlier = earlier.filter(|tries| tries.key == key).map(|tries| tries.number).max();
        let number = earlier.unwrap_or_default().saturating_add(1);
        turn.queue.push_back(ticket);
        let tries = Try { who, key, number, owed: false };
        self.waiting.insert(ticket, Waiting { tries, since: now });
        None
    }

    /// The deadline of a try of this exchange has come. The third try is the last one: then the
    /// answer will be kept for the user's next message, and if the exchange does not need the last
    /// `begin` that waits, this gets a notice.
    pub fn overdue(&mut self, key: &ExchangeKey) -> (Overdue, Granted) {
        let none = (Overdue::Success, Granted::new());
        let who = Hashed::new(key.who(), &self.hashes);
        let Some(turn) = self.turns.get(&who) else { return none };
        let mut runs = self.leases.of.get_mut(&turn.lease).filter(|each| *each.key.key == *key);
        let mut newest = runs.as_ref().map(|each| each.number);
        let mut waiting = Vec::new();
        for ticket in &turn.queue {
            let Some(Waiting { tries, .. }) = self.waiting.get(ticket) else { continue };
            if *tries.key.key == *key {
                waiting.push(*ticket);
                newest = newest.max(Some(tries.number));
            }
        }
        let Some(newest) = newest else { return none };
        if newest < TRIES {
            return (Overdue::Hold, Granted::new());
        }
        if let Some(runs) = &mut runs {
            runs.owed = true;
        }
        for ticket in &waiting {
            if let Some(Waiting { tries, .. }) = self.waiting.get_mut(ticket) {
                tries.owed = true;
            }
        }
        // Another try has to run the units, or does so already.
        match (runs, &waiting[..]) {
            (Some(_), [.., last]) | (None, [_, .., last]) => {
                self.forget(*last);
                (Overdue::Hold, vec![(*last, Begun::Late)])
            }
            _ => none,
        }
    }

    /// Stores a record and ends the turn. The other tries of the exchange get its answer at once,
    /// wherever they wait. `None` when the lease is over: nothing is stored.
    pub fn commit(&mut self, lease: LeaseId, mut record: Record, now: Duration) -> Option<Granted> {
        let Try { who, key, owed, .. } = self.leases.of.remove(&lease)?;
        let reply = &record.answer.reply;
        if owed && !matches!(reply, Reply::Success | Reply::Empty) {
            record.session.owed = Some(Box::new(reply.clone()));
        }
        self.answers.age(now);
        self.sessions.age(now);
        let exchange = &key.key;
        if let Some(journal) = &mut self.journal {
            let (account, user) = (exchange.account.to_string(), exchange.user.to_string());
            let message = exchange.message.clone();
            journal.push(Entry { account, user, message, record: record.clone() });
        }
        self.sessions.keep(who.clone(), record.session, now);
        let mut granted = Granted::new();
        if exchange.message.is_identified() {
            self.answers.keep(key.clone(), Box::new(record.answer), now);
            granted = self.repeated(&who, &key);
        }
        granted.extend(self.pass_on(&who));
        Some(granted)
    }

    /// The other tries of an exchange, which need no turn if its answer is stored.
    fn repeated(&mut self, who: &Hashed<Who>, key: &Hashed<Arc<ExchangeKey>>) -> Granted {
        let mut granted = Granted::new();
        let Some(turn) = self.turns.get_mut(who) else { return granted };
        if turn.queue.is_empty() {
            return granted;
        }
        let Some(answer) = self.answers.get(key) else { return granted };
        turn.queue.retain(|ticket| {
            let repeats = self.waiting.get(ticket).is_some_and(|each| each.tries.key == *key);
            if repeats {
                self.waiting.remove(ticket);
                granted.push((*ticket, Begun::Done(answer.clone())));
            }
            !repeats
        });
        granted
    }

    /// Ends a turn. Without effect if the lease is over.
    pub fn release(&mut self, lease: LeaseId) -> Granted {
        match self.leases.of.remove(&lease) {
            Some(Try { who, .. }) => self.pass_on(&who),
            None => Granted::new(),
        }
    }

    /// Gives the turn that has ended to the user's next message.
    fn pass_on(&mut self, who: &Hashed<Who>) -> Granted {
        let mut granted = Granted::new();
        let Some(Turn { mut queue, .. }) = self.turns.remove(who) else { return granted };
        // In the order of arrival.
        if let Some(ticket) = queue.pop_front()
            && let Some(Waiting { tries, .. }) = self.waiting.remove(&ticket)
        {
            granted.push((ticket, self.grant(tries, queue)));
        }
        granted
    }

    /// Takes a waiting `begin` out of its queue, because no request waits for it any more. Without
    /// effect when it does not wait.
    pub fn forget(&mut self, ticket: Ticket) {
        let Some(Waiting { tries, .. }) = self.waiting.remove(&ticket) else { return };
        if let Some(turn) = self.turns.get_mut(&tries.who) {
            turn.queue.retain(|waiting| *waiting != ticket);
        }
    }

    /// Forgets what is too old, and turns away who has waited too long. A host calls it from time
    /// to time, so that this happens also while nobody writes.
    pub fn tidy(&mut self, now: Duration) -> Granted {
        self.answers.age(now);
        self.sessions.age(now);
        self.signatures.age(now);
        let mut tired = Granted::new();
        // A smaller ticket has waited longer.
        while let Some((&ticket, Waiting { since, .. })) = self.waiting.first_key_value()
            && *since + self.limits.waiting_for < now
        {
            self.forget(ticket);
            tired.push((ticket, Begun::Crowded));
        }
        tired
    }

    /// What was forgotten since this was called last. Dropping it takes as long as it is much, so a
    /// host does that after each call, without the lock of its table.
    #[must_use]
    pub fn forgotten(&mut self) -> impl Sized + use<> {
        (self.answers.forgotten(), self.sessions.forgotten(), self.signatures.forgotten())
    }

    fn grant(&mut self, tries: Try, queue: VecDeque<Ticket>) -> Begun {
        let lease = LeaseId(self.leases.next);
        self.leases.next += self.leases.step;
        let session = self.sessions.get(&tries.who).cloned().unwrap_or_default();
        self.turns.insert(tries.who.clone(), Turn { lease, queue });
        self.leases.of.insert(lease, tries);
        Begun::Fresh { session, lease }
    }

    /// The sessions, in the order of account and user.
    pub fn sessions(&self) -> impl Iterator<Item = ((&str, &str), &Session)> {
        let sessions = self.sessions.iter();
        let sessions = sessions
            .map(|(Hashed { key: who, .. }, session)| ((&*who.account, &*who.user), session));
        sessions.collect::<BTreeMap<_, _>>().into_iter()
    }

    /// The commits in their order. Empty if there is no journal.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        self.journal.as_deref().unwrap_or_default()
    }

    /// How much is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept {
            answers: self.answers.len(),
            sessions: self.sessions.len(),
            signatures: self.signatures.len(),
            bytes: self.answers.bytes() + self.sessions.bytes() + self.signatures.bytes(),
            turns: self.leases.of.len(),
            waiting: self.waiting.len(),
        }
    }
}

impl Sum for Kept {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |all, part| Self {
            answers: all.answers + part.answers,
            sessions: all.sessions + part.sessions,
            signatures: all.signatures + part.signatures,
            bytes: all.bytes + part.bytes,
            turns: all.turns + part.turns,
            waiting: all.waiting + part.waiting,
        })
    }
}

#[cfg(test)]
mod tests {
    use wechat::{Message, Reply};

    use super::*;
    use crate::account::{LONGEST_WINDOW, valid_for};
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
        assert_eq!(table.kept().waiting, 3);
        let tickets = |granted: Granted| granted.into_iter().map(|(ticket, _)| ticket);
        let third = lease(table.release(first).pop().map(|(_, begun)| begun));
        assert_eq!(tickets(table.release(third)).collect::<Vec<_>>(), [5]);
        assert_eq!(tickets(table.release(other)).collect::<Vec<_>>(), [6]);
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
        assert_eq!(table.kept().answers, 0);
        let begun = table.begin(2, exchange(1, "a"), NOW);
        assert!(matches!(begun, Some(Begun::Fresh { session, .. }) if session.exchanges == 1));
    }

    const SECOND: Duration = Duration::from_secs(1);
    const MOMENT: Duration = Duration::from_nanos(1);

    fn bound(id: u64, body: u8) -> Exchange {
        let binding = Binding { signature: [7; 20], body: [body; 20] };
        Exchange { binding: Some(binding), ..exchange(id, "a") }
    }

    /// Whatever else happens each second, so that generations end, and whenever it was sent.
    #[test]
    fn as_long_as_a_signature_is_good_it_has_one_body_and_its_message_has_its_answer() {
        let good_for = valid_for(LONGEST_WINDOW);
        for sent in (0..=1_300).step_by(13).chain(595..=605).map(|second| NOW + second * SECOND) {
            let mut table = Exchanges::default();
            let mut now = NOW - SECOND;
            while now < sent {
                table.tidy(now);
                now += SECOND;
            }
            // The last moment of a second, so that a generation can end in the next.
            let sent = sent - MOMENT;
            let first = lease(table.begin(1, bound(1, 1), sent));
            assert!(table.commit(first, record(), sent).is_some());
            while now < sent + good_for {
                table.tidy(now);
                now += SECOND;
            }
            let last = sent + good_for - MOMENT;
            assert_eq!(table.begin(2, bound(2, 2), last), Some(Begun::Replayed), "{sent:?}");
            let done = table.begin(3, exchange(1, "a"), last);
            assert_eq!(done, Some(Begun::Done(Box::new(record().answer))), "{sent:?}");
            // And not for ever.
            table.tidy(sent + 2 * good_for);
            assert_eq!((table.kept().answers, table.kept().signatures), (0, 0));
        }
    }

    #[test]
    fn a_session_that_is_used_is_kept_and_one_that_is_not_is_forgotten() {
        let mut table = Exchanges::default();
        let day = Limits::default().sessions_for;
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert!(table.commit(first, record(), NOW).is_some());
        let exchanges = |begun| match begun {
            Some(Begun::Fresh { session, lease }) => (session.exchanges, lease),
            other => panic!("not fresh: {other:?}"),
        };
        for days in 1..5 {
            let in_time = NOW + days * day;
            let (count, lease) = exchanges(table.begin(1, exchange(2, "a"), in_time));
            assert_eq!(count, 1);
            table.release(lease);
        }
        assert_eq!(exchanges(table.begin(1, exchange(3, "a"), NOW + 6 * day)).0, 0);
    }

    #[test]
    fn what_no_longer_fits_is_forgotten_oldest_first() {
        let limits = Limits { bytes: 64 * 1024, ..Limits::default() };
        let mut table = Exchanges::new(limits);
        let answered = |table: &mut Exchanges, id: u64| {
            let lease = lease(table.begin(1, exchange(id, &id.to_string()), NOW));
            assert!(table.commit(lease, record(), NOW).is_some());
            assert!(table.kept().bytes <= limits.bytes, "{:?}", table.kept());
        };
        for id in 0..1_000 {
            answered(&mut table, id);
        }
        let kept = u64::try_from(table.kept().answers).expect("few");
        assert!((10..500).contains(&kept), "{kept}");
        for id in 0..1_000 {
            let is_kept = match table.begin(1, exchange(id, &id.to_string()), NOW) {
                Some(Begun::Done(_)) => true,
                begun => {
                    table.release(lease(begun));
                    false
                }
            };
            assert_eq!(is_kept, id >= 1_000 - kept, "{id}");
        }
    }

    #[test]
    fn a_message_that_has_waited_too_long_is_turned_away() {
        let mut table = Exchanges::default();
        let first = lease(table.begin(1, exchange(1, "a"), NOW));
        assert_eq!(table.begin(2, exchange(2, "a"), NOW), None);
        assert_eq!(table.begin(3, exchange(3, "a"), NOW + SECOND), None);
        let ends = NOW + Limits::default().waiting_for;
        assert_eq!(table.tidy(ends), []);
        assert_eq!(table.tidy(ends + MOMENT), [(2, Begun::Crowded)]);
        assert_eq!(table.release(first).first().map(|(ticket, _)| *ticket), Some(3));
    }

    #[test]
    fn a_part_of_a_table_gives_leases_that_tell_whose_they_are() {
        let mut table = Exchanges::default().part(3, 8);
        for id in 0..3 {
            let lease = lease(table.begin(1, exchange(id, &id.to_string()), NOW));
            assert_eq!(lease.0 % 8, 3);
        }
    }
}
