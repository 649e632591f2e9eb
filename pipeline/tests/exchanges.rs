//! The table of exchanges against a model of section 7 of docs/SPEC.md. The model keeps flat lists
//! and looks through all of them each time; it shares no code with the table. Both are given the
//! same operations, with limits so small that each is reached many times in a run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use pipeline::exchange::Binding;
use pipeline::exchanges::{Entry, Exchanges, Granted, Limits};
use pipeline::{Answer, Begun, Exchange, ExchangeKey, LeaseId, Record, Session};
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
}

#[derive(Debug, Clone, Copy)]
struct Bound {
    account: usize,
    signature: u8,
    body: u8,
    expires: Duration,
}

struct Kept {
    at: Duration,
    said: Said,
    answer: Answer,
}

struct Known {
    who: (usize, usize),
    session: Session,
    last: Duration,
}

struct Model {
    limits: Limits,
    /// How many turns there have been.
    turns: usize,
    /// The turns under way: number and message.
    open: Vec<(usize, Said)>,
    /// All who wait, in the order of their arrival.
    queue: Vec<(usize, Said)>,
    answers: Vec<Kept>,
    known: Vec<Known>,
    bound: Vec<Bound>,
    journal: Vec<(Said, Record)>,
    /// The most users, and the most signatures, that an account had to remember at one time.
    peak: [(usize, usize); ACCOUNTS.len()],
}

impl Model {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            turns: 0,
            open: vec![],
            queue: vec![],
            answers: vec![],
            known: vec![],
            bound: vec![],
            journal: vec![],
            peak: [(0, 0); ACCOUNTS.len()],
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
        self.note_peak(said.account, now);
        if let Some(bound) = bound {
            // 7.11: until its window closes, a signature belongs to the body that it came with.
            let same = |seen: &&Bound| {
                (seen.account, seen.signature) == (bound.account, bound.signature)
                    && now <= seen.expires
            };
            match self.bound.iter().find(same) {
                Some(seen) if seen.body != bound.body => return Some(Told::Replayed),
                Some(_) => {}
                None => self.bound.push(bound),
            }
        }
        self.forget_old(said.account, now);
        // 7.18: who has sent nothing for long, and has no turn, begins again.
        let has_turn = self.has_turn(said.who());
        let sessions_for = self.limits.sessions_for;
        match self.known.iter_mut().find(|known| known.who == said.who()) {
            None => {
                let session = Session::default();
                self.known.push(Known { who: said.who(), session, last: now });
            }
            Some(known) => {
                if !has_turn && now > known.last + sessions_for {
                    known.session = Session::default();
                }
                known.last = now;
            }
        }
        // 7.5: a repeat gets the stored answer.
        if let Some(answer) = self.stored(said) {
            return Some(Told::Done(answer));
        }
        // 7.6: one turn at a time.
        if !has_turn {
            return Some(self.open(said));
        }
        let waiting = self.queue.iter().filter(|(_, other)| other.who() == said.who()).count();
        if waiting >= self.limits.waiting {
            return Some(Told::Crowded);
        }
        self.queue.push((ticket, said));
        None
    }

    /// 7.14: nothing, when the turn is over.
    fn commit(
        &mut self,
        turn: usize,
        record: &Record,
        now: Duration,
    ) -> Option<Vec<(usize, Told)>> {
        let (_, said) = *self.open.iter().find(|(number, _)| *number == turn)?;
        let known = self.known.iter_mut().find(|known| known.who == said.who())?;
        known.session = record.session.clone();
        known.last = now;
        self.journal.push((said, record.clone()));
        // 7.13: what has no repeat is not stored.
        if said.message != NAMELESS {
            self.answers.push(Kept { at: now, said, answer: record.answer.clone() });
            self.forget_old(said.account, now);
        }
        Some(self.release(turn))
    }

    fn release(&mut self, turn: usize) -> Vec<(usize, Told)> {
        let Some(at) = self.open.iter().position(|(number, _)| *number == turn) else {
            return vec![];
        };
        let (_, ended) = self.open.remove(at);
        let mut told = vec![];
        while !self.has_turn(ended.who())
            && let Some(at) = self.queue.iter().position(|(_, said)| said.who() == ended.who())
        {
            let (ticket, said) = self.queue.remove(at);
            let answer = self.stored(said);
            told.push((ticket, answer.map_or_else(|| self.open(said), Told::Done)));
        }
        told
    }

    /// 7.9: who is gone leaves the queue, and nobody else does.
    fn forget(&mut self, ticket: usize) {
        self.queue.retain(|(waiting, _)| *waiting != ticket);
    }

    /// 7.17: the oldest first, by age, number and size.
    fn forget_old(&mut self, account: usize, now: Duration) {
        loop {
            let of: Vec<&Kept> =
                self.answers.iter().filter(|kept| kept.said.account == account).collect();
            let bytes: usize = of.iter().map(|kept| length(&kept.answer)).sum();
            let Some(oldest) = of.first() else { return };
            if now <= oldest.at + self.limits.answers_for
                && of.len() <= self.limits.answers
                && bytes <= self.limits.bytes
            {
                return;
            }
            let oldest = self.answers.iter().position(|kept| kept.said.account == account);
            self.answers.remove(oldest.expect("just seen"));
        }
    }

    fn open(&mut self, said: Said) -> Told {
        self.open.push((self.turns, said));
        self.turns += 1;
        let known = self.known.iter().find(|known| known.who == said.who());
        Told::Fresh(known.map(|known| known.session.clone()).unwrap_or_default())
    }

    fn has_turn(&self, who: (usize, usize)) -> bool {
        self.open.iter().any(|(_, said)| said.who() == who)
    }

    fn stored(&self, said: Said) -> Option<Answer> {
        let kept = self.answers.iter().find(|kept| kept.said == said)?;
        (said.message != NAMELESS).then(|| kept.answer.clone())
    }

    /// Whether a user's session is to be remembered.
    fn lives(&self, known: &Known, now: Duration) -> bool {
        self.has_turn(known.who) || now <= known.last + self.limits.sessions_for
    }

    fn note_peak(&mut self, account: usize, now: Duration) {
        let has_answers =
            |known: &Known| self.answers.iter().any(|kept| kept.said.who() == known.who);
        let users = self.known.iter().filter(|known| {
            known.who.0 == account && (self.lives(known, now) || has_answers(known))
        });
        let open = |bound: &&Bound| bound.account == account && bound.expires >= now;
        let signatures = self.bound.iter().filter(open).count();
        let (users, (most_users, most_signatures)) = (users.count(), &mut self.peak[account]);
        *most_users = users.max(*most_users);
        *most_signatures = signatures.max(*most_signatures);
    }

    /// The sessions that must be there, in the order of account and user.
    fn sessions(&self, now: Duration) -> Vec<((&'static str, &'static str), &Session)> {
        let living = self.known.iter().filter(|known| self.lives(known, now));
        let mut sessions: Vec<_> = living
            .map(|known| ((ACCOUNTS[known.who.0], USERS[known.who.1]), &known.session))
            .collect();
        sessions.sort();
        sessions
    }
}

fn length(answer: &Answer) -> usize {
    match &answer.reply {
        Reply::Text(text) => text.as_str().len(),
        _ => 0,
    }
}

// ---- The operations. ----

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
    Begin { said: Said, signature: Option<(u8, u8, u64)> },
    Commit { turn: Pick, size: usize },
    Release { turn: Pick },
    Forget { ticket: Pick },
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
    let signature = proptest::option::of((0..5_u8, 0..2_u8, 0..20_u64));
    prop_oneof![
        8 => (said, signature).prop_map(|(said, signature)| Op::Begin { said, signature }),
        4 => (pick(), 0..8_usize).prop_map(|(turn, size)| Op::Commit { turn, size }),
        1 => pick().prop_map(|turn| Op::Release { turn }),
        1 => pick().prop_map(|ticket| Op::Forget { ticket }),
        2 => (0..12_u64).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    let remembered = (1..15_u64, 1..6_usize, 5..30_usize, 1..40_u64);
    (remembered, 0..4_usize, 0..6_usize, 0..5_usize).prop_map(
        |((answers_for, answers, bytes, sessions_for), waiting, users, signatures)| Limits {
            answers_for: Duration::from_secs(answers_for),
            answers,
            bytes,
            sessions_for: Duration::from_secs(sessions_for),
            waiting,
            sweep_users_at: users,
            sweep_signatures_at: signatures,
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
                let waiting: Vec<_> = self.model.queue.iter().map(|(ticket, _)| *ticket).collect();
                let Some(ticket) = ticket.of(&waiting, self.tickets) else { return };
                self.saw(match waiting.iter().position(|waiting| *waiting == ticket) {
                    Some(at) if at + 1 < waiting.len() => "one of many is forgotten",
                    Some(_) => "the last who waits is forgotten",
                    None => "one who does not wait is forgotten",
                });
                self.model.forget(ticket);
                self.table.forget(ticket);
            }
            Op::Wait { seconds } => self.now += Duration::from_secs(seconds),
        }
        self.compare();
    }

    fn begin(&mut self, said: Said, signature: Option<(u8, u8, u64)>) {
        let bound = signature.map(|(signature, body, seconds)| Bound {
            account: said.account,
            signature,
            body,
            expires: self.now + Duration::from_secs(seconds),
        });
        let binding = bound.map(|bound| Binding {
            signature: bound.signature.to_string(),
            body: [bound.body; 20],
            expires: bound.expires,
        });
        let key = ExchangeKey {
            account: ACCOUNTS[said.account].into(),
            user: USERS[said.user].into(),
            message: MESSAGES[said.message].clone(),
        };
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
        let foretold = self.model.commit(turn, &record, self.now);
        let granted = self.table.commit(self.leases[turn], record, self.now);
        let told = granted.map(|granted| self.granted(granted));
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
        let Self { table, model, now, .. } = self;
        assert_eq!(table.turns(), model.open.len());
        assert_eq!(table.waiting(), model.queue.len());
        assert_eq!(table.answers(), model.answers.len());
        let sessions = model.sessions(*now);
        let living: Vec<_> = table
            .sessions()
            .filter(|(who, _)| sessions.iter().any(|(living, _)| living == who))
            .collect();
        assert_eq!(living, sessions);
        // What is over may be remembered for a while, but not without a limit.
        let at_most = |sweep_at: usize, peak: usize| sweep_at.max(2 * peak).max(1);
        for (account, (users, _)) in ACCOUNTS.iter().zip(model.peak) {
            let at_most = at_most(model.limits.sweep_users_at, users);
            let users = table.sessions().filter(|((of, _), _)| of == account).count();
            assert!(users <= at_most, "{users} users, {at_most} at most");
        }
        let signatures =
            model.peak.iter().map(|(_, peak)| at_most(model.limits.sweep_signatures_at, *peak));
        let at_most = signatures.sum();
        assert!(table.signatures() <= at_most, "{} signatures", table.signatures());
        if table.sessions().count() > sessions.len() {
            self.saw("a session that is over and not yet forgotten");
        }
        if table.sessions().count() < model.known.len() {
            self.saw("a user is forgotten");
        }
        if table.signatures() > model.limits.sweep_signatures_at {
            self.saw("more signatures than the limit");
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
            "a release that gives a turn",
            "a session that is over and not yet forgotten",
            "a turn",
            "a user is forgotten",
            "crowded",
            "done",
            "fresh",
            "more signatures than the limit",
            "one of many is forgotten",
            "one who does not wait is forgotten",
            "replayed",
            "the last who waits is forgotten",
            "waits",
        ]
    );
}
