//! The table of exchanges against a model of section 7 of docs/SPEC.md. The model keeps flat lists
//! and looks through all of them each time; it shares no code with the table. Both are given the
//! same operations, with limits so small that each is reached many times in a run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use pipeline::exchange::Binding;
use pipeline::exchanges::{Entry, Exchanges, Granted, Limits};
use pipeline::{Answer, Begun, Exchange, ExchangeKey, LeaseId, Overdue, Record, Session, Who};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use wechat::{Message, MessageKey, Reply};

const ACCOUNTS: [&str; 2] = ["one", "two"];
const USERS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// The messages of a user: some with a MsgId, an event, and at last one without a MsgId.
static MESSAGES: LazyLock<Vec<MessageKey>> = LazyLock::new(|| {
    let ids = (1..=4).map(|id| format!("<MsgType>text</MsgType><MsgId>{id}</MsgId>"));
    let event = "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>".to_owned();
    let nameless = "<MsgType>text</MsgType><Content>hello</Content>".to_owned();
    let keys = ids.chain([event, nameless]).map(|fields| {
        let xml = format!(
            "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
             <CreateTime>1</CreateTime>{fields}</xml>"
        );
        Message::parse(xml.as_bytes()).expect("a message").key()
    });
    keys.collect()
});
const NAMELESS: usize = 5;

// ---- The model. ----

/// A message as the model knows it: the numbers of its account, its user and itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    account: usize,
    user: usize,
    message: usize,
}

impl Said {
    fn who(self) -> (usize, usize) {
        (self.account, self.user)
    }
}

/// What the model answers. A turn is known by its number: the first is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Fresh(Session),
    Done(Answer),
    Replayed,
    Crowded,
    Late,
}

/// A message that has a turn or waits for one: which of its tries it is, and whether the user was
/// told that it takes longer.
#[derive(Debug, Clone, Copy)]
struct Try {
    said: Said,
    number: usize,
    owed: bool,
}

/// A signature of an account, and the body that it came with.
#[derive(Debug, Clone, Copy)]
struct Bound {
    signature: (usize, u8),
    body: u8,
}

/// 7.17: what is kept, in one list: key, value, bytes, and the generation in which it was kept or
/// used last. There are two generations, the present one and the one before.
struct Shelf<K, V> {
    items: Vec<(K, V, usize, u64)>,
    present: u64,
    since: Duration,
    lasts: Duration,
    room: usize,
}

impl<K: PartialEq, V> Shelf<K, V> {
    fn new(lasts: Duration, room: usize) -> Self {
        Self { items: vec![], present: 1, since: Duration::ZERO, lasts, room }
    }

    fn age(&mut self, now: Duration) {
        if now >= self.since + self.lasts {
            let generations = if now >= self.since + self.lasts + self.lasts { 2 } else { 1 };
            self.end(generations, now);
        }
    }

    fn end(&mut self, generations: u64, now: Duration) {
        self.present += generations;
        self.since = now;
        let present = self.present;
        self.items.retain(|(.., generation)| generation + 1 >= present);
    }

    fn keep(&mut self, key: K, value: V, bytes: usize, now: Duration) {
        self.items.retain(|(other, ..)| *other != key);
        let present = self.items.iter().filter(|(.., generation)| *generation == self.present);
        let taken: usize = present.map(|(_, _, bytes, _)| bytes).sum();
        if taken + bytes > self.room / 2 {
            self.end(1, now);
        }
        if bytes <= self.room / 2 {
            self.items.push((key, value, bytes, self.present));
        }
    }

    fn touch(&mut self, key: &K, now: Duration) {
        let old = self
            .items
            .iter()
            .position(|(other, _, _, generation)| other == key && *generation < self.present);
        if let Some(at) = old {
            let (key, value, bytes, _) = self.items.remove(at);
            self.keep(key, value, bytes, now);
        }
    }

    fn get(&self, key: &K) -> Option<&V> {
        self.items.iter().find(|(other, ..)| other == key).map(|(_, value, ..)| value)
    }

    fn bytes(&self) -> usize {
        self.items.iter().map(|(_, _, bytes, _)| bytes).sum()
    }
}

struct Model {
    limits: Limits,
    /// How many turns there have been.
    turns: usize,
    /// The turns under way, with their numbers.
    open: Vec<(usize, Try)>,
    /// All who wait, in the order of their arrival, and since when.
    queue: Vec<(usize, Try, Duration)>,
    answers: Shelf<Said, Answer>,
    sessions: Shelf<(usize, usize), Session>,
    bound: Shelf<(usize, u8), u8>,
    journal: Vec<(Said, Record)>,
}

impl Model {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            turns: 0,
            open: vec![],
            queue: vec![],
            answers: Shelf::new(limits.kept_for, limits.bytes / 2),
            sessions: Shelf::new(limits.sessions_for, limits.bytes / 4),
            bound: Shelf::new(limits.kept_for, limits.bytes / 4),
            journal: vec![],
        }
    }

    /// 7.1: fresh, done, replayed, or wait; and 7.19: crowded.
    fn begin(
        &mut self,
        ticket: usize,
        said: Said,
        bound: Option<Bound>,
        now: Duration,
    ) -> Option<Told> {
        if let Some(Bound { signature, body }) = bound {
            // 7.11: a signature belongs to the body that it came with.
            self.bound.age(now);
            match self.bound.get(&signature) {
                Some(seen) if *seen != body => return Some(Told::Replayed),
                Some(_) => {}
                None => self.bound.keep(signature, body, SIGNATURE, now),
            }
        }
        // 7.18: who writes is not forgotten.
        self.answers.age(now);
        self.sessions.age(now);
        self.sessions.touch(&said.who(), now);
        // 7.5: a repeat gets the stored answer.
        if let Some(answer) = self.stored(said) {
            return Some(Told::Done(answer));
        }
        // 7.6: one turn at a time.
        if !self.has_turn(said.who()) {
            return Some(self.open(Try { said, number: 1, owed: false }));
        }
        let waiting = self.queue.iter();
        let waiting = waiting.filter(|(_, other, _)| other.said.who() == said.who()).count();
        if waiting >= self.limits.waiting {
            return Some(Told::Crowded);
        }
        let number = 1 + self.newest(said).unwrap_or_default();
        self.queue.push((ticket, Try { said, number, owed: false }, now));
        None
    }

    /// 7.14: nothing, when the turn is over.
    fn commit(
        &mut self,
        turn: usize,
        record: &Record,
        now: Duration,
    ) -> Option<Vec<(usize, Told)>> {
        let (_, Try { said, owed, .. }) = *self.open.iter().find(|(number, _)| *number == turn)?;
        let mut record = record.clone();
        let reply = record.answer.reply.clone();
        // 4.7: what is owed is kept for the next message.
        if owed && reply != Reply::Success {
            record.session.owed = Some(Box::new(reply));
        }
        self.answers.age(now);
        self.sessions.age(now);
        self.journal.push((said, record.clone()));
        let bytes = session_bytes(&record.session);
        self.sessions.keep(said.who(), record.session.clone(), bytes, now);
        // 7.13: what has no repeat is not stored.
        if said.message != NAMELESS {
            let bytes = answer_bytes(said, &record.answer);
            self.answers.keep(said, record.answer.clone(), bytes, now);
        }
        // 7.5: its repeats get the answer, wherever they wait.
        let mut told = vec![];
        if let Some(answer) = self.stored(said) {
            let repeats = self.queue.extract_if(.., |(_, other, _)| other.said == said);
            told.extend(repeats.map(|(ticket, ..)| (ticket, Told::Done(answer.clone()))));
        }
        told.extend(self.release(turn));
        Some(told)
    }

    /// 4.5 to 4.7: of the third try, the last that waits is told, if another one has the turn or
    /// will get it.
    fn overdue(&mut self, said: Said) -> (Overdue, Vec<(usize, Told)>) {
        match self.newest(said) {
            None => return (Overdue::Success, vec![]),
            Some(1 | 2) => return (Overdue::Hold, vec![]),
            Some(_) => {}
        }
        let open = self.open.iter_mut().map(|(_, each)| each);
        let all = open.chain(self.queue.iter_mut().map(|(_, each, _)| each));
        let all = all.filter(|each| each.said == said).map(|each| each.owed = true).count();
        match self.queue.iter().rposition(|(_, each, _)| each.said == said) {
            Some(last) if all > 1 => {
                let (ticket, ..) = self.queue.remove(last);
                (Overdue::Hold, vec![(ticket, Told::Late)])
            }
            _ => (Overdue::Success, vec![]),
        }
    }

    /// The number of the newest try of a message.
    fn newest(&self, said: Said) -> Option<usize> {
        let open = self.open.iter().map(|(_, each)| each);
        let all = open.chain(self.queue.iter().map(|(_, each, _)| each));
        all.filter(|each| each.said == said).map(|each| each.number).max()
    }

    fn release(&mut self, turn: usize) -> Vec<(usize, Told)> {
        let Some(at) = self.open.iter().position(|(number, _)| *number == turn) else {
            return vec![];
        };
        let (_, Try { said: ended, .. }) = self.open.remove(at);
        let next = self.queue.iter().position(|(_, each, _)| each.said.who() == ended.who());
        let Some(next) = next else { return vec![] };
        let (ticket, each, _) = self.queue.remove(next);
        vec![(ticket, self.open(each))]
    }

    /// 7.9: who is gone leaves the queue, and nobody else does.
    fn forget(&mut self, ticket: usize) {
        self.queue.retain(|(waiting, ..)| *waiting != ticket);
    }

    /// 7.17 and 7.18 while nobody writes, and 7.19: who has waited too long is turned away.
    fn tidy(&mut self, now: Duration) -> Vec<(usize, Told)> {
        self.answers.age(now);
        self.sessions.age(now);
        self.bound.age(now);
        let longest = self.limits.waiting_for;
        let tired = self.queue.extract_if(.., |(_, _, since)| now - *since > longest);
        tired.map(|(ticket, ..)| (ticket, Told::Crowded)).collect()
    }

    fn open(&mut self, each: Try) -> Told {
        self.open.push((self.turns, each));
        self.turns += 1;
        Told::Fresh(self.sessions.get(&each.said.who()).cloned().unwrap_or_default())
    }

    fn has_turn(&self, who: (usize, usize)) -> bool {
        self.open.iter().any(|(_, each)| each.said.who() == who)
    }

    fn stored(&self, said: Said) -> Option<Answer> {
        self.answers.get(&said).cloned()
    }

    /// The sessions, in the order of account and user.
    fn sessions(&self) -> Vec<((&'static str, &'static str), &Session)> {
        let mut sessions: Vec<_> = self
            .sessions
            .items
            .iter()
            .map(|((account, user), session, ..)| ((ACCOUNTS[*account], USERS[*user]), session))
            .collect();
        sessions.sort();
        sessions
    }
}

/// The bytes of a signature, and of its body, in a hash map: each place has one byte more, and
/// there are up to twice as many places as entries.
const SIGNATURE: usize = 2 * (20 + 20 + 1);

/// The same of a session under account and user, whose text has 32 bytes more than its letters. An
/// answer in it is behind a pointer, and its text behind another.
fn session_bytes(session: &Session) -> usize {
    let owed = session.owed.as_deref().map_or(0, |reply| match reply {
        Reply::Text(text) => size_of::<Reply>() + 2 * 32 + text.as_str().len(),
        other => panic!("{other:?} is owed"),
    });
    2 * (size_of::<Who>() + size_of::<Session>() + 1) + 32 + 1 + owed
}

/// The same of an answer under its key. Both are behind pointers. The key has two texts, the `MsgId`
/// of one letter, if there is one, and its own 32 bytes; so has the answer with its text.
fn answer_bytes(said: Said, answer: &Answer) -> usize {
    let texts = match said.message {
        0..=3 => "gh".len() + "a".len() + "1".len(),
        _ => "gh".len() + "a".len(),
    };
    let reply = match &answer.reply {
        Reply::Text(text) => text.as_str().len(),
        _ => 0,
    };
    let key = size_of::<ExchangeKey>() + 4 * 32 + texts;
    let pointers = size_of::<Arc<ExchangeKey>>() + size_of::<Box<Answer>>();
    2 * (pointers + 1) + key + size_of::<Answer>() + 2 * 32 + reply
}

// ---- The operations. ----

fn key(said: Said) -> ExchangeKey {
    ExchangeKey {
        account: ACCOUNTS[said.account].into(),
        user: USERS[said.user].into(),
        message: MESSAGES[said.message].clone(),
    }
}

/// Which of several: one that still counts, or any that ever was.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Current(usize),
    Any(usize),
}

impl Pick {
    fn of(self, current: &[usize], ever: usize) -> Option<usize> {
        match self {
            Self::Current(at) => current.get(at.checked_rem(current.len())?).copied(),
            Self::Any(at) => at.checked_rem(ever),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Begin { said: Said, signature: Option<(u8, u8)> },
    Commit { turn: Pick, size: usize },
    Release { turn: Pick },
    Forget { ticket: Pick },
    Overdue { said: Said },
    Tidy,
    Wait { seconds: u64 },
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        4 => (0..100_usize).prop_map(Pick::Current),
        1 => (0..100_usize).prop_map(Pick::Any),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let said = (0..ACCOUNTS.len(), 0..USERS.len(), 0..=NAMELESS)
        .prop_map(|(account, user, message)| Said { account, user, message });
    // Half of them from two users, so that messages wait for each other.
    let said = (said, any::<bool>()).prop_map(|(said, crowd)| match crowd {
        true => Said { account: 0, user: said.user % 2, ..said },
        false => said,
    });
    // Most of them of a few messages, so that some have three tries.
    let late = (0..2_usize, prop_oneof![4 => Just(0_usize), 1 => 0..=NAMELESS])
        .prop_map(|(user, message)| Said { account: 0, user, message });
    let said = prop_oneof![3 => said, 1 => late.clone()];
    let signature = proptest::option::of((0..5_u8, 0..2_u8));
    prop_oneof![
        8 => (said, signature).prop_map(|(said, signature)| Op::Begin { said, signature }),
        4 => (pick(), prop_oneof![1 => Just(0), 2 => 1..8_usize])
            .prop_map(|(turn, size)| Op::Commit { turn, size }),
        1 => pick().prop_map(|turn| Op::Release { turn }),
        1 => pick().prop_map(|ticket| Op::Forget { ticket }),
        2 => late.prop_map(|said| Op::Overdue { said }),
        1 => Just(Op::Tidy),
        2 => (0..12_u64).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

/// In half of the runs everything fits.
fn limits() -> impl Strategy<Value = Limits> {
    let seconds = |range| (range,).prop_map(|(seconds,)| Duration::from_secs(seconds));
    let bytes = prop_oneof![Just(usize::MAX), 1..8_000_usize];
    (seconds(1..15_u64), seconds(1..40), bytes, 0..4_usize, seconds(0..30)).prop_map(
        |(kept_for, sessions_for, bytes, waiting, waiting_for)| Limits {
            kept_for,
            sessions_for,
            bytes,
            waiting,
            waiting_for,
        },
    )
}

// ---- The run. ----

struct Run<'s> {
    table: Exchanges,
    model: Model,
    now: Duration,
    /// The lease of each turn, by its number.
    leases: Vec<LeaseId>,
    tickets: usize,
    /// What happened at least once in any run.
    seen: &'s RefCell<BTreeSet<&'static str>>,
}

impl Run<'_> {
    fn saw(&self, what: &'static str) {
        self.seen.borrow_mut().insert(what);
    }

    fn told(&mut self, begun: Begun) -> Told {
        match begun {
            Begun::Fresh { session, lease } => {
                assert!(!self.leases.contains(&lease), "{lease:?} is given twice");
                self.leases.push(lease);
                self.saw(if session == Session::default() { "a first turn" } else { "a turn" });
                Told::Fresh(session)
            }
            Begun::Done(answer) => Told::Done(*answer),
            Begun::Replayed => Told::Replayed,
            Begun::Crowded => Told::Crowded,
            Begun::Late => Told::Late,
        }
    }

    fn granted(&mut self, granted: Granted) -> Vec<(usize, Told)> {
        granted.into_iter().map(|(ticket, begun)| (ticket, self.told(begun))).collect()
    }

    fn step(&mut self, op: Op) {
        match op {
            Op::Begin { said, signature } => self.begin(said, signature),
            Op::Commit { turn, size } => self.commit(turn, size),
            Op::Release { turn } => {
                let Some(turn) = self.turn(turn) else { return };
                let foretold = self.model.release(turn);
                let granted = self.table.release(self.leases[turn]);
                let told = self.granted(granted);
                if !told.is_empty() {
                    self.saw("a release that gives a turn");
                }
                assert_eq!(told, foretold);
            }
            Op::Forget { ticket } => {
                let waiting: Vec<_> = self.model.queue.iter().map(|(ticket, ..)| *ticket).collect();
                let Some(ticket) = ticket.of(&waiting, self.tickets) else { return };
                self.saw(match waiting.iter().position(|waiting| *waiting == ticket) {
                    Some(at) if at + 1 < waiting.len() => "one of many is forgotten",
                    Some(_) => "the last who waits is forgotten",
                    None => "one who does not wait is forgotten",
                });
                self.model.forget(ticket);
                self.table.forget(ticket);
            }
            Op::Overdue { said } => {
                let foretold = self.model.overdue(said);
                let (overdue, granted) = self.table.overdue(&key(said));
                let told = (overdue, self.granted(granted));
                self.saw(match &told {
                    (Overdue::Hold, told) if told.is_empty() => "a try that is held",
                    (Overdue::Hold, _) => "a last try that is told",
                    _ if self.model.newest(said).is_some() => "a last try that is needed",
                    _ => "a try of nothing",
                });
                assert_eq!(told, foretold);
            }
            Op::Tidy => {
                let foretold = self.model.tidy(self.now);
                let tired = self.table.tidy(self.now);
                let told = self.granted(tired);
                if !told.is_empty() {
                    self.saw("one who has waited too long");
                }
                assert_eq!(told, foretold);
            }
            Op::Wait { seconds } => self.now += Duration::from_secs(seconds),
        }
        self.compare();
    }

    fn begin(&mut self, said: Said, signature: Option<(u8, u8)>) {
        let bound =
            signature.map(|(signature, body)| Bound { signature: (said.account, signature), body });
        let binding = signature.map(|(signature, body)| Binding {
            signature: [10 * said.account as u8 + signature; 20],
            body: [body; 20],
        });
        let key = key(said);
        let ticket = self.tickets;
        self.tickets += 1;
        let foretold = self.model.begin(ticket, said, bound, self.now);
        let begun = self.table.begin(ticket, Exchange { key, binding }, self.now);
        let told = begun.map(|begun| self.told(begun));
        self.saw(match &told {
            None => "waits",
            Some(Told::Fresh(_)) => "fresh",
            Some(Told::Done(_)) => "done",
            Some(Told::Replayed) => "replayed",
            Some(Told::Crowded) => "crowded",
            Some(Told::Late) => "late",
        });
        assert_eq!(told, foretold);
    }

    fn commit(&mut self, turn: Pick, size: usize) {
        let Some(turn) = self.turn(turn) else { return };
        let serial = self.model.journal.len() as u64 + 1;
        let reply = match size {
            0 => Reply::Success,
            size => Reply::text("x".repeat(size)).expect("short"),
        };
        let answer = Answer { reply, created: serial, unit: "-", salt: [0; 16] };
        let session = Session { exchanges: serial, ..Session::default() };
        let record = Record { kind: "text", answer, session };
        let owed = self.model.open.iter().any(|(number, each)| *number == turn && each.owed);
        if owed && size == 0 {
            self.saw("an owed answer that says nothing");
        }
        let foretold = self.model.commit(turn, &record, self.now);
        let granted = self.table.commit(self.leases[turn], record, self.now);
        let told = granted.map(|granted| self.granted(granted));
        if self.model.sessions.items.iter().any(|(_, session, ..)| session.owed.is_some()) {
            self.saw("an answer that is owed");
        }
        self.saw(match told.as_deref() {
            None => "a commit too late",
            Some([]) => "a commit that nobody waits for",
            Some([.., (_, Told::Done(_))]) => "a commit that answers all who wait",
            Some([(_, Told::Done(_)), ..]) => "a commit that answers some and gives a turn",
            Some(_) => "a commit that gives a turn",
        });
        assert_eq!(told, foretold);
    }

    fn turn(&self, turn: Pick) -> Option<usize> {
        let open: Vec<_> = self.model.open.iter().map(|(number, _)| *number).collect();
        turn.of(&open, self.model.turns)
    }

    /// What can be seen from outside, after each step.
    fn compare(&self) {
        let Self { table, model, .. } = self;
        let kept = table.kept();
        assert_eq!((kept.turns, kept.waiting), (model.open.len(), model.queue.len()));
        let (answers, sessions) = (model.answers.items.len(), model.sessions.items.len());
        assert_eq!((kept.answers, kept.sessions), (answers, sessions));
        assert_eq!(kept.signatures, model.bound.items.len());
        let bytes = model.answers.bytes() + model.sessions.bytes() + model.bound.bytes();
        assert_eq!(kept.bytes, bytes);
        assert!(kept.bytes <= model.limits.bytes, "{kept:?}");
        assert_eq!(table.sessions().collect::<Vec<_>>(), model.sessions());
        if model.limits.bytes < usize::MAX && kept.bytes > model.limits.bytes / 2 {
            self.saw("more than half full");
        }
        let known: BTreeSet<_> = model.journal.iter().map(|(said, _)| said.who()).collect();
        if kept.sessions < known.len() {
            self.saw("a session is forgotten");
        }
        if kept.sessions > 0 && kept.answers == 0 {
            self.saw("a session whose answers are forgotten");
        }
        let journal: Vec<_> = model
            .journal
            .iter()
            .map(|(said, record)| Entry {
                account: ACCOUNTS[said.account].to_owned(),
                user: USERS[said.user].to_owned(),
                message: MESSAGES[said.message].clone(),
                record: record.clone(),
            })
            .collect();
        assert_eq!(table.journal(), journal);
    }
}

/// The same runs each time, so that it is known what they reach. `PROPTEST_CASES` makes it more.
#[test]
fn the_table_does_what_the_lists_of_section_7_do() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = RefCell::default();
    let runs = TestRunner::new_with_rng(config, random).run(
        &(limits(), vec(op(), 1..150)),
        |(limits, ops)| {
            let mut run = Run {
                table: Exchanges::new(limits).journaled(),
                model: Model::new(limits),
                now: Duration::from_secs(1_700_000_000),
                leases: vec![],
                tickets: 0,
                seen: &seen,
            };
            ops.into_iter().for_each(|op| run.step(op));
            Ok(())
        },
    );
    runs.unwrap_or_else(|failure| panic!("{failure}"));
    let seen: Vec<_> = seen.into_inner().into_iter().collect();
    assert_eq!(
        seen,
        [
            "a commit that answers all who wait",
            "a commit that answers some and gives a turn",
            "a commit that gives a turn",
            "a commit that nobody waits for",
            "a commit too late",
            "a first turn",
            "a last try that is needed",
            "a last try that is told",
            "a release that gives a turn",
            "a session is forgotten",
            "a session whose answers are forgotten",
            "a try of nothing",
            "a try that is held",
            "a turn",
            "an answer that is owed",
            "an owed answer that says nothing",
            "crowded",
            "done",
            "fresh",
            "more than half full",
            "one of many is forgotten",
            "one who does not wait is forgotten",
            "one who has waited too long",
            "replayed",
            "the last who waits is forgotten",
            "waits",
        ]
    );
}
