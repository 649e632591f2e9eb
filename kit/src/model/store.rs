//! What is remembered of users: their turns, their answers, their sessions.

use std::collections::BTreeMap;

use pipeline::exchanges::Limits;

use super::kept::{self, Kept};
use super::request::{has_window, skew};
use crate::scenario::{Flaw, Said, What, encrypts};

/// All users of all accounts.
#[derive(Clone)]
pub struct Store {
    limits: Limits,
    users: BTreeMap<Name, User>,
    answers: Kept<(Name, Key), Answer>,
    sessions: Kept<Name, Session>,
    /// The request with which each signature was first seen.
    signatures: Kept<Signature, Said>,
    /// Everything that was committed, in order.
    pub journal: Vec<(Name, Answer)>,
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
    /// Whose turn it is.
    turn: Option<usize>,
    /// Who waits, with what, and since when.
    queue: Vec<(usize, Key, u64)>,
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

/// How a message is received.
#[derive(Clone)]
pub enum Begun {
    /// It is its turn.
    Fresh(Session),
    /// It was answered before.
    Done(Answer),
    /// Its signature came with another body before.
    Replayed,
    /// Too many wait, or it has waited too long.
    Crowded,
}

/// The requests that wait no longer.
pub type Granted = Vec<(usize, Begun)>;

impl Store {
    /// A store in which nobody was heard of.
    pub fn new(limits: Limits) -> Self {
        let Limits { kept_for, sessions_for, bytes, .. } = limits;
        Self {
            limits,
            users: BTreeMap::new(),
            answers: Kept::new(kept_for, bytes / 2),
            sessions: Kept::new(sessions_for, bytes / 4),
            signatures: Kept::new(kept_for, bytes / 4),
            journal: Vec::new(),
        }
    }

    /// Receives a message at `now`, in milliseconds. `None`: it waits for its turn.
    pub fn begin(&mut self, request: usize, said: &Said, now: u64) -> Option<Begun> {
        if has_window(said) && self.is_replayed(said, now) {
            return Some(Begun::Replayed);
        }
        let (name, key) = (name(said), key(said));
        self.answers.age(now);
        self.sessions.age(now);
        self.sessions.use_again(&name, now);
        if let Some(answer) = self.answers.get(&(name.clone(), key.clone())) {
            return Some(Begun::Done(answer.clone()));
        }
        let user = self.users.entry(name.clone()).or_default();
        if user.turn.is_none() {
            user.turn = Some(request);
            return Some(Begun::Fresh(self.session(&name)));
        }
        if user.queue.len() >= self.limits.waiting {
            return Some(Begun::Crowded);
        }
        user.queue.push((request, key, now));
        None
    }

    /// Whether the signature of a message came with another body before.
    fn is_replayed(&mut self, said: &Said, now: u64) -> bool {
        let nonce = match said.flaw {
            Some(Flaw::ReusedSignature) => "reused".to_owned(),
            _ => format!("{}n{}", said.user, said.id),
        };
        // What is encrypted is signed, too.
        let signed =
            encrypts(&said.account).then(|| (said.what.clone(), said.id, said.user.clone()));
        let signature = (said.account.clone(), nonce, skew(said), signed);
        self.signatures.age(now);
        let Some(first) = self.signatures.get(&signature) else {
            self.signatures.keep(signature, said.clone(), kept::SIGNATURE, now);
            return false;
        };
        // In compat mode a request without a flaw has its fields outside, too, unsigned.
        let outside = |said: &Said| said.account == "compat" && said.flaw.is_none();
        (&first.what, first.id, &first.user) != (&said.what, said.id, &said.user)
            || outside(first) != outside(said)
    }

    /// Commits, and ends the turn. `None` if the turn is over: nothing is committed.
    pub fn commit(
        &mut self,
        request: usize,
        said: &Said,
        (session, answer): (Session, Answer),
        now: u64,
    ) -> Option<Granted> {
        let (name, key) = (name(said), key(said));
        self.users.get(&name).filter(|user| user.turn == Some(request))?;
        self.answers.age(now);
        self.sessions.age(now);
        self.journal.push((name.clone(), answer.clone()));
        self.sessions.keep(name.clone(), session, kept::session(&name.1), now);
        let (to_other, id, event) = &key;
        let receiver = if *to_other { "gh_other" } else { "gh_demo" };
        let id = if event.is_some() { String::new() } else { id.to_string() };
        let text = answer.text.as_deref().unwrap_or_default();
        let bytes = kept::answer([receiver, &name.1, &id], text);
        self.answers.keep((name, key), answer, bytes, now);
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
            && !user.queue.is_empty()
        {
            let (next, key, _) = user.queue.remove(0);
            let begun = match self.answers.get(&(name.clone(), key)) {
                Some(answer) => Begun::Done(answer.clone()),
                None => {
                    user.turn = Some(next);
                    Begun::Fresh(self.session(&name))
                }
            };
            granted.push((next, begun));
        }
        granted
    }

    /// Takes a request out of its queue.
    pub fn forget(&mut self, request: usize, said: &Said) {
        if let Some(user) = self.users.get_mut(&name(said)) {
            user.queue.retain(|(waiting, ..)| *waiting != request);
        }
    }

    /// Forgets what is too old at `now`, and turns away who has waited too long.
    pub fn tidy(&mut self, now: u64) -> Granted {
        self.answers.age(now);
        self.sessions.age(now);
        self.signatures.age(now);
        let longest = self.limits.waiting_for.as_millis();
        let mut tired = Granted::new();
        for user in self.users.values_mut() {
            let left =
                user.queue.extract_if(.., |(_, _, since)| u128::from(now - *since) > longest);
            tired.extend(left.map(|(request, ..)| (request, Begun::Crowded)));
        }
        tired
    }

    /// The sessions that are kept.
    pub fn sessions(&self) -> impl Iterator<Item = (&Name, &Session)> {
        self.sessions.iter()
    }

    fn session(&self, name: &Name) -> Session {
        self.sessions.get(name).cloned().unwrap_or_default()
    }
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
