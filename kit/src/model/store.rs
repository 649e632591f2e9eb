//! What is remembered of users: their turns, their answers, their sessions.

use std::collections::{BTreeMap, VecDeque};

use pipeline::exchanges::Limits;

use super::request::{has_window, skew};
use super::units::{ADDRESS, NEWS};
use crate::scenario::{Flaw, Said, What, encrypts};

/// All users of all accounts.
#[derive(Clone)]
pub struct Store {
    limits: Limits,
    users: BTreeMap<Name, User>,
    /// Oldest first.
    answers: Vec<Commit>,
    /// The request with which each signature was first seen.
    signatures: Vec<(Signature, Said)>,
    /// Everything that was committed, in order.
    pub journal: Vec<Commit>,
}

/// A user's account and name.
pub type Name = (String, String);

/// What a signature covers: the account's token, the nonce, the timestamp, and what is encrypted.
type Signature = (String, String, i64, Option<(What, u64, String)>);

/// What tells one message of a user from another: its receiver, its number, and of an event all
/// that it says.
type Key = (bool, u64, Option<What>);

/// What the user's messages have led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// How many were committed.
    pub exchanges: u64,
    /// The number that the user has to guess.
    pub game: Option<u64>,
}

#[derive(Clone, Default)]
struct User {
    session: Session,
    /// Whose turn it is.
    turn: Option<usize>,
    queue: VecDeque<(usize, Key)>,
    /// When the user was last heard of.
    last: u64,
}

/// What is said to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The words; `None` is `success`.
    pub text: Option<String>,
    /// Who says them; `-` is nobody.
    pub unit: &'static str,
    /// When, in seconds.
    pub second: u64,
}

/// An answer that was committed.
#[derive(Clone)]
pub struct Commit {
    at: u64,
    key: Key,
    /// The user.
    pub name: Name,
    /// The answer.
    pub answer: Answer,
}

/// How a message is received.
#[derive(Clone)]
pub enum Begun {
    /// It is its turn.
    Fresh(Session),
    /// It was answered before.
    Done(Answer),
    /// Its signature came with another body before.
    Replayed,
    /// Too many wait.
    Crowded,
}

/// The requests that wait no longer.
pub type Granted = Vec<(usize, Begun)>;

impl Store {
    /// A store in which nobody was heard of.
    pub fn new(limits: Limits) -> Self {
        let (users, answers, signatures) = Default::default();
        Self { limits, users, answers, signatures, journal: Vec::new() }
    }

    /// Receives a message at `now`, in milliseconds. `None`: it waits for its turn.
    pub fn begin(&mut self, request: usize, said: &Said, now: u64) -> Option<Begun> {
        if has_window(said) {
            let nonce = match said.flaw {
                Some(Flaw::ReusedSignature) => "reused".to_owned(),
                _ => format!("{}n{}", said.user, said.id),
            };
            // What is encrypted is signed, too.
            let signed =
                encrypts(&said.account).then(|| (said.what.clone(), said.id, said.user.clone()));
            let signature = (said.account.clone(), nonce, skew(said), signed);
            let seen = self.signatures.iter().find(|(seen, _)| *seen == signature);
            let first = seen.map_or_else(|| said.clone(), |(_, first)| first.clone());
            if seen.is_none() {
                self.signatures.push((signature, said.clone()));
            }
            // In compat mode a request without a flaw has its fields outside, too, unsigned.
            let outside = |said: &Said| said.account == "compat" && said.flaw.is_none();
            if (&first.what, first.id, &first.user) != (&said.what, said.id, &said.user)
                || outside(&first) != outside(said)
            {
                return Some(Begun::Replayed);
            }
        }
        self.forget_answers(&said.account, now);
        let (name, key) = (name(said), key(said));
        let answer = self.answer(&name, &key);
        let user = self.users.entry(name).or_default();
        if user.turn.is_none() && is_over(user.last, self.limits.sessions_for, now) {
            user.session = Session::default();
        }
        user.last = now;
        match answer {
            Some(answer) => Some(Begun::Done(answer)),
            None if user.turn.is_none() => {
                user.turn = Some(request);
                Some(Begun::Fresh(user.session.clone()))
            }
            None if user.queue.len() >= self.limits.waiting => Some(Begun::Crowded),
            None => {
                user.queue.push_back((request, key));
                None
            }
        }
    }

    /// Commits, and ends the turn. `None` if the turn is over: nothing is committed.
    pub fn commit(
        &mut self,
        request: usize,
        said: &Said,
        (session, answer): (Session, Answer),
        now: u64,
    ) -> Option<Granted> {
        let name = name(said);
        let user = self.users.get_mut(&name).filter(|user| user.turn == Some(request))?;
        (user.last, user.session) = (now, session);
        let commit = Commit { at: now, key: key(said), name, answer };
        self.journal.push(commit.clone());
        self.answers.push(commit);
        self.forget_answers(&said.account, now);
        Some(self.release(request, said))
    }

    /// Ends a turn, if it is not over.
    pub fn release(&mut self, request: usize, said: &Said) -> Granted {
        let name = name(said);
        let mut granted = Granted::new();
        match self.users.get_mut(&name) {
            Some(user) if user.turn == Some(request) => user.turn = None,
            _ => return granted,
        }
        while let Some(user) = self.users.get_mut(&name)
            && user.turn.is_none()
            && let Some((next, key)) = user.queue.pop_front()
        {
            let begun = match self.answer(&name, &key) {
                Some(answer) => Begun::Done(answer),
                None => {
                    let user = self.users.entry(name.clone()).or_default();
                    user.turn = Some(next);
                    Begun::Fresh(user.session.clone())
                }
            };
            granted.push((next, begun));
        }
        granted
    }

    /// Takes a request out of its queue.
    pub fn forget(&mut self, request: usize, said: &Said) {
        if let Some(user) = self.users.get_mut(&name(said)) {
            user.queue.retain(|(waiting, _)| *waiting != request);
        }
    }

    /// The sessions, and whether each may have been forgotten by `now`.
    pub fn sessions(&self, now: u64) -> impl Iterator<Item = (&Name, &Session, bool)> {
        self.users.iter().map(move |(name, user)| {
            (name, &user.session, is_over(user.last, self.limits.sessions_for, now))
        })
    }

    fn answer(&self, name: &Name, key: &Key) -> Option<Answer> {
        let mut stored = self.answers.iter().rev();
        stored.find(|stored| stored.name == *name && stored.key == *key).map(|it| it.answer.clone())
    }

    fn forget_answers(&mut self, account: &str, now: u64) {
        let Limits { answers, bytes, answers_for, .. } = self.limits;
        loop {
            let mut of = self.answers.iter().filter(|stored| stored.name.0 == account);
            let texts = of.clone().filter_map(|stored| stored.answer.text.as_ref());
            let size: usize = texts.map(|text| size(text)).sum();
            let too_many = of.clone().count() > answers || size > bytes;
            if !of.next().is_some_and(|oldest| too_many || is_over(oldest.at, answers_for, now)) {
                return;
            }
            let oldest = self.answers.iter().position(|stored| stored.name.0 == account);
            oldest.map(|at| self.answers.remove(at));
        }
    }
}

/// How many bytes of an answer the user reads. Of news these are titles and addresses.
fn size(text: &str) -> usize {
    match text.strip_prefix(NEWS) {
        None => text.len(),
        Some(titles) => {
            titles.split('|').map(|title| title.len() + format!("{ADDRESS}{title}").len()).sum()
        }
    }
}

/// Whether what is kept for `limit` from `at` on is forgotten at `now`.
fn is_over(at: u64, limit: std::time::Duration, now: u64) -> bool {
    u128::from(at) + limit.as_millis() < u128::from(now)
}

fn name(said: &Said) -> Name {
    (said.account.clone(), said.user.clone())
}

fn key(said: &Said) -> Key {
    let is_event = match &said.what {
        What::Subscribe | What::Click(_) => true,
        What::Other(sample) => sample.is_event(),
        What::Handshake(_) | What::Text(_) | What::Voice(_) => false,
    };
    let other = said.flaw == Some(Flaw::OtherReceiver);
    (other, said.id, is_event.then(|| said.what.clone()))
}
