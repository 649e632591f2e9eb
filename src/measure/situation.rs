//! The requests that are answered in a measurement: the ways that a request may take.

use std::sync::Arc;

use pipeline::{Host, Operation, Request};

use super::world::{Schedule, World};
use crate::conversation::{self, Turn};
use crate::straight;

/// How many requests are played in one world. They are signed one second apart.
pub const REQUESTS: u64 = 16;

/// Four of eight requests meet a failing operation: `account` once, `begin` twice, `commit` once.
const HALF: Schedule = &[
    None,
    Some(Operation::Begin),
    None,
    Some(Operation::Commit),
    Some(Operation::Account),
    None,
    Some(Operation::Begin),
    None,
];

/// A situation: requests, what came before them, and how the host behaves.
pub struct Situation {
    /// The name.
    pub name: &'static str,
    /// The requests that are measured.
    pub requests: Vec<Request>,
    before: Vec<Request>,
    waits: bool,
    schedule: Schedule,
    /// Makes its host, if that is not the conversation's.
    host: Option<fn() -> Arc<dyn Host>>,
    in_pairs: bool,
}

impl Situation {
    fn new(name: &'static str, requests: impl Fn(u64) -> Request) -> Self {
        Self::of(name, (0..REQUESTS).map(requests).collect())
    }

    fn of(name: &'static str, requests: Vec<Request>) -> Self {
        let (before, schedule) = (Vec::new(), &[]);
        Self { name, requests, before, waits: false, schedule, host: None, in_pairs: false }
    }

    /// Requests to a host that `host` makes.
    pub(super) fn at(
        host: fn() -> Arc<dyn Host>,
        name: &'static str,
        requests: impl Fn(u64) -> Request,
    ) -> Self {
        Self { host: Some(host), ..Self::new(name, requests) }
    }

    /// The same after these requests, which are not measured.
    pub(super) fn after(self, before: Vec<Request>) -> Self {
        Self { before, ..self }
    }

    /// The same, but two requests at a time are answered at once.
    pub(super) fn in_pairs(self) -> Self {
        Self { in_pairs: true, ..self }
    }

    /// Requests whose operations are ready at once.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let hello = conversation::text("hello");
        let saying = |turn: Turn| move |second| turn.renewed(second).request;
        let repeated = hello.request.clone();
        vec![
            Self::text(),
            Self::new("voice to text", saying(Turn::speech())),
            Self::new("nobody replies", saying(conversation::text("what?"))),
            Self::new("handshake", |second| Turn::handshake(second, "5837").request),
            Self::new("bad signature", |_| Turn::forgery().request),
            Self {
                before: vec![hello.request.clone()],
                ..Self::new("repeat", move |_| repeated.clone())
            },
            Self {
                schedule: &[Some(Operation::Commit)],
                ..Self::new("host failure", saying(hello))
            },
        ]
    }

    /// The situations of the bench `compare`: all of these, one where half of the requests fail,
    /// and two again where each operation suspends once.
    #[must_use]
    pub fn compared() -> Vec<Self> {
        let ready = Self::all().into_iter().chain([Self::failing()]);
        ready.chain([Self::text(), Self::failing()].map(Self::waiting)).collect()
    }

    /// The name, and how the operations end.
    #[must_use]
    pub fn title(&self) -> String {
        let how = if self.waits { "each operation suspends once" } else { "ready" };
        format!("{}, {how}", self.name)
    }

    /// A text that a unit answers.
    #[must_use]
    pub fn text() -> Self {
        let hello = conversation::text("hello");
        Self::new("text hit", move |second| hello.renewed(second).request)
    }

    /// One text from each of `number` users. The host begins a session for each of them.
    #[must_use]
    pub fn users(number: u64) -> Self {
        let hello = conversation::text("hello");
        Self::of("users", (0..number).map(|user| hello.from_user(user).request).collect())
    }

    /// Texts; half of them meet a failing operation.
    #[must_use]
    pub fn failing() -> Self {
        Self { name: "half fail", schedule: HALF, ..Self::text() }
    }

    /// The same, but each operation suspends once.
    #[must_use]
    pub fn waiting(self) -> Self {
        Self { waits: true, ..self }
    }

    /// A new world for it. If the entry cannot wait (the straight line), its operations are ready.
    #[must_use]
    pub fn world(&self, can_wait: bool) -> World {
        let world = self.host.map_or_else(World::ready, |host| World::of(host()));
        for request in &self.before {
            let _ = straight::handle(world.host(), request.clone());
        }
        let world = match (self.waits && can_wait, self.schedule) {
            (false, []) if self.host.is_none() => world,
            (waits, schedule) => world.staged(waits, schedule),
        };
        if self.in_pairs { world.in_pairs() } else { world }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Entry, agree};

    #[test]
    fn all_entries_answer_every_situation_alike() {
        let mut entries = vec![Entry::straight()];
        entries.extend(Entry::styles());
        let mut situations = Situation::all();
        situations.push(Situation::failing());
        situations.push(Situation::users(100));
        situations.extend(Situation::all().into_iter().map(Situation::waiting));
        situations.push(Situation::failing().waiting());
        for situation in situations {
            let world = |entry: &Entry| situation.world(entry.can_wait);
            let agreed = agree(&entries, world, &situation.requests);
            assert_eq!(agreed, Ok(()), "{}", situation.name);
        }
    }

    fn statuses(situation: &Situation) -> Vec<u16> {
        let mut replies = Vec::new();
        let world = situation.world(false);
        Entry::straight().play(&world, situation.requests.clone(), &mut replies);
        replies.into_iter().flatten().map(|reply| reply.status).collect()
    }

    #[test]
    fn the_situations_are_what_they_are_called() {
        let expected = [200, 200, 200, 200, 403, 200, 500];
        for (situation, status) in Situation::all().iter().zip(expected) {
            assert_eq!(statuses(situation), [status; 16], "{}", situation.name);
        }
        let failed =
            statuses(&Situation::failing()).iter().filter(|status| **status == 500).count();
        assert_eq!(failed, 8);
    }

    #[test]
    fn every_user_is_a_stranger_and_is_answered() {
        let crowd = Situation::users(1_000);
        let world = crowd.world(false);
        let mut replies = Vec::new();
        Entry::straight().play(&world, crowd.requests.clone(), &mut replies);
        let mut replies: Vec<_> = replies.into_iter().flatten().map(|reply| reply.body).collect();
        assert!(replies.iter().all(|reply| reply.contains("Hello, nice to meet you.")));
        replies.sort();
        replies.dedup();
        assert_eq!(replies.len(), 1_000, "each reply is addressed to another user");
    }
}
