//! The exchanges of a real host, in many tables, so that nobody waits for the lock of all and no
//! table is so large that its work holds others up.

use std::time::Duration;

use ahash::RandomState;
use pipeline::exchanges::{Kept, Limits};
use pipeline::{Begun, Exchange, ExchangeKey, LeaseId, Overdue, Pending, Record};

use super::turns::Turns;

/// How many tables there are; each has its part of the limits. So many that also with a million
/// users a map grows and a generation is dropped in little time (`cargo bench --bench crowd`); so
/// few that a part of the least `memory` has room for some answers.
const SHARDS: u64 = 512;

/// The tables. A user is always in the same one, and so is a signature; which one, nobody outside
/// can foresee.
pub struct Shards {
    turns: Vec<Turns>,
    hasher: RandomState,
}

impl Shards {
    /// Empty tables that together keep to these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let part = Limits { bytes: limits.bytes / SHARDS as usize, ..limits };
        let turns = (0..SHARDS).map(|number| Turns::part(part, number, SHARDS)).collect();
        Self { turns, hasher: RandomState::new() }
    }

    /// [`Host::begin`](pipeline::Host::begin) at `now`.
    pub fn begin(&self, exchange: Exchange, now: Duration) -> Pending<Begun> {
        let Exchange { key, binding } = exchange;
        // It needs no step in common with the rest: who is replayed learns it whatever the user's
        // messages do.
        if let Some(binding) = binding
            && !self.table(self.hasher.hash_one(binding.signature)).bind(&binding, now)
        {
            return Pending::ready(Begun::Replayed);
        }
        self.table_of(&key).begin(Exchange { key, binding: None }, now)
    }

    /// [`Host::overdue`](pipeline::Host::overdue)
    pub fn overdue(&self, key: &ExchangeKey) -> Overdue {
        self.table_of(key).overdue(key)
    }

    /// [`Host::commit`](pipeline::Host::commit) at `now`.
    pub fn commit(&self, lease: LeaseId, record: Record, now: Duration) -> Pending<()> {
        self.table(lease.0).commit(lease, record, now)
    }

    /// [`Host::release`](pipeline::Host::release), and abort.
    pub fn release(&self, lease: LeaseId) {
        self.table(lease.0).release(lease);
    }

    /// The tables, each to be tidied from time to time.
    pub fn tables(&self) -> &[Turns] {
        &self.turns
    }

    /// How much is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.turns.iter().map(Turns::kept).sum()
    }

    fn table_of(&self, key: &ExchangeKey) -> &Turns {
        self.table(self.hasher.hash_one((&key.account, &key.user)))
    }

    fn table(&self, number: u64) -> &Turns {
        &self.turns[(number % SHARDS) as usize]
    }
}

#[cfg(test)]
mod tests {
    use pipeline::exchange::Binding;
    use pipeline::{Answer, Session};
    use wechat::{Message, Reply};

    use super::*;

    const NOW: Duration = Duration::from_secs(1);

    fn exchange(id: u64, user: &str) -> Exchange {
        let xml = format!(
            "<xml><ToUserName>gh</ToUserName><FromUserName>{user}</FromUserName>\
             <CreateTime>1</CreateTime><MsgType>text</MsgType><MsgId>{id}</MsgId></xml>"
        );
        let message = Message::parse(xml.as_bytes()).expect("a message").key();
        let key = ExchangeKey { account: "demo".into(), user: user.into(), message };
        Exchange { key, binding: None }
    }

    fn begun(shards: &Shards, exchange: Exchange) -> Begun {
        shards.begin(exchange, NOW).try_take().expect("at once").expect("no failure")
    }

    fn lease(begun: Begun) -> LeaseId {
        match begun {
            Begun::Fresh { lease, .. } => lease,
            other => panic!("no turn: {other:?}"),
        }
    }

    #[test]
    fn each_of_many_users_has_one_turn_at_a_time_and_its_own_answers() {
        let shards = Shards::new(Limits::default());
        let users: Vec<_> = (0..200).map(|user| user.to_string()).collect();
        let leases: Vec<_> =
            users.iter().map(|user| lease(begun(&shards, exchange(1, user)))).collect();
        assert_eq!(shards.kept().turns, users.len());
        let mut waiting: Vec<_> =
            users.iter().map(|user| shards.begin(exchange(2, user), NOW)).collect();
        assert_eq!(shards.kept().waiting, users.len());
        for (lease, unit) in leases.iter().zip(["one", "two"].into_iter().cycle()) {
            let answer = Answer { reply: Reply::Success, created: 1, unit, salt: [0; 16] };
            let session = Session { exchanges: 1, ..Session::default() };
            let record = Record { kind: "text", answer, session };
            assert_eq!(shards.commit(*lease, record, NOW).try_take().ok(), Some(Ok(())));
        }
        for waiting in waiting.drain(..) {
            shards.release(lease(waiting.try_take().expect("its turn").expect("a turn")));
        }
        for (user, unit) in users.iter().zip(["one", "two"].into_iter().cycle()) {
            match begun(&shards, exchange(1, user)) {
                Begun::Done(answer) => assert_eq!(answer.unit, unit),
                other => panic!("not answered: {other:?}"),
            }
        }
        let kept = shards.kept();
        assert_eq!((kept.turns, kept.waiting), (0, 0));
        assert_eq!((kept.sessions, kept.answers), (users.len(), users.len()));
    }

    /// Whoever has a signature may send another user's message with it.
    #[test]
    fn a_signature_has_one_body_whichever_user_it_names() {
        let shards = Shards::new(Limits::default());
        let bound = |user: &str, body| {
            let binding = Binding { signature: [7; 20], body: [body; 20] };
            Exchange { binding: Some(binding), ..exchange(1, user) }
        };
        shards.release(lease(begun(&shards, bound("a", 1))));
        for user in 0..200 {
            assert_eq!(begun(&shards, bound(&user.to_string(), 2)), Begun::Replayed);
        }
        shards.release(lease(begun(&shards, bound("a", 1))));
        assert_eq!(shards.kept().signatures, 1);
    }

    #[test]
    fn all_tables_together_keep_to_the_limits() {
        let limits = Limits { bytes: 16 * 1024 * 1024, ..Limits::default() };
        let shards = Shards::new(limits);
        for user in 0..20_000 {
            let lease = lease(begun(&shards, exchange(1, &user.to_string())));
            let reply = Reply::text("x".repeat(1_000)).expect("short");
            let answer = Answer { reply, created: 1, unit: "-", salt: [0; 16] };
            let record = Record { kind: "text", answer, session: Session::default() };
            assert_eq!(shards.commit(lease, record, NOW).try_take().ok(), Some(Ok(())));
        }
        let kept = shards.kept();
        assert!(kept.bytes <= limits.bytes && kept.bytes > limits.bytes / 4, "{kept:?}");
    }
}
