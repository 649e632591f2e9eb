//! What is remembered of users: their turns, their answers, their sessions.

use std::collections::BTreeMap;

use pipeline::exchanges::Limits;

use super::kept::{self, Kept};
use super::request::{has_window, is_event, skew};
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

/// How many tries there are of a message that gets no answer.
const TRIES: usize = 3;

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
    /// What was said too late to the last message.
    pub owed: Option<String>,
}

#[derive(Clone, Default)]
struct User {
    /// Whose turn it is.
    turn: Option<Try>,
    /// Who waits, and since when.
    queue: Vec<(Try, u64)>,
}

/// A request that tries to get an answer: the number of the try, and whether it is known that there
/// will be no other.
#[derive(Clone)]
struct Try {
    request: usize,
    key: Key,
    number: usize,
    owed: bool,
}

impl User {
    /// All tries of a message, in their order.
    fn tries(&mut self, key: &Key) -> Vec<&mut Try> {
        let queue = self.queue.iter_mut().map(|(each, _)| each);
        self.turn.iter_mut().chain(queue).filter(|each| each.key == *key).collect()
    }
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
    /// There will be no other try, and another request gets the answer.
    Late,
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
        let before = user.tries(&key).iter().map(|each| each.number).max().unwrap_or_default();
        let this = Try { request, key, number: before + 1, owed: false };
        if user.turn.is_none() {
            user.turn = Some(this);
            return Some(Begun::Fresh(self.session(&name)));
        }
        if user.queue.len() >= self.limits.waiting {
            return Some(Begun::Crowded);
        }
        user.queue.push((this, now));
        None
    }

    /// The deadline of a try has come. Whether it is held, and who gets a notice.
    pub fn overdue(&mut self, said: &Said) -> (bool, Granted) {
        let Some(user) = self.users.get_mut(&name(said)) else { return (false, Granted::new()) };
        let key = key(said);
        let mut tries = user.tries(&key);
        let newest = tries.iter().map(|each| each.number).max().unwrap_or_default();
        if newest < TRIES {
            return (newest > 0, Granted::new());
        }
        tries.iter_mut().for_each(|each| each.owed = true);
        let several = tries.len() > 1;
        let last = user.queue.iter().rposition(|(each, _)| each.key == key);
        match last.filter(|_| several) {
            None => (false, Granted::new()),
            Some(last) => (true, vec![(user.queue.remove(last).0.request, Begun::Late)]),
        }
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
        let turn = self.users.get(&name).and_then(|user| user.turn.as_ref());
        let owed = turn.filter(|turn| turn.request == request)?.owed;
        let mut session = session;
        if let Some(text) = answer.text.as_ref().filter(|_| owed) {
            session.owed = Some(text.clone());
        }
        self.answers.age(now);
        self.sessions.age(now);
        self.journal.push((name.clone(), answer.clone()));
        let bytes = kept::session(&name.1, session.owed.as_deref());
        self.sessions.keep(name.clone(), session, bytes, now);
        let (to_other, id, event) = &key;
        let receiver = if *to_other { "gh_other" } else { "gh_demo" };
        let id = if event.is_some() { String::new() } else { id.to_string() };
        let text = answer.text.as_deref().unwrap_or_default();
        let bytes = kept::answer([receiver, &name.1, &id], text);
        self.answers.keep((name.clone(), key.clone()), answer, bytes, now);
        let mut granted = Granted::new();
        if let Some(answer) = self.answers.get(&(name.clone(), key.clone()))
            && let Some(user) = self.users.get_mut(&name)
        {
            let repeats = user.queue.extract_if(.., |(each, _)| each.key == key);
            granted.extend(repeats.map(|(each, _)| (each.request, Begun::Done(answer.clone()))));
        }
        granted.extend(self.release(request, said));
        Some(granted)
    }

    /// Ends a turn, if it is not over.
    pub fn release(&mut self, request: usize, said: &Said) -> Granted {
        let name = name(said);
        let Some(user) = self.users.get_mut(&name) else { return Granted::new() };
        if user.turn.take_if(|turn| turn.request == request).is_none() || user.queue.is_empty() {
            return Granted::new();
        }
        let (next, _) = user.queue.remove(0);
        let request = next.request;
        user.turn = Some(next);
        vec![(request, Begun::Fresh(self.session(&name)))]
    }

    /// Takes a request out of its queue.
    pub fn forget(&mut self, request: usize, said: &Said) {
        if let Some(user) = self.users.get_mut(&name(said)) {
            user.queue.retain(|(waiting, _)| waiting.request != request);
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
            let left = user.queue.extract_if(.., |(_, since)| u128::from(now - *since) > longest);
            tired.extend(left.map(|(each, _)| (each.request, Begun::Crowded)));
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
    let other = said.flaw == Some(Flaw::OtherReceiver);
    (other, said.id, is_event(said).then(|| said.what.clone()))
}
