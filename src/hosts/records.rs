//! The records of the users, in memory.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pipeline::{Created, Language, Profile, User};

/// How many records are kept. One more, and the oldest is forgotten: WeChat is asked again when its
/// user writes again.
pub const ROOM: usize = 100_000;

/// The records.
pub struct Records {
    state: Mutex<State>,
    room: usize,
}

#[derive(Default)]
struct State {
    languages: BTreeMap<User, Language>,
    /// The oldest first.
    order: VecDeque<User>,
}

impl Records {
    /// No records, with room for this many.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { state: Mutex::default(), room }
    }

    /// [`Host::find`](pipeline::Host::find)
    #[must_use]
    pub fn find(&self, user: User) -> Option<Profile> {
        let language = self.state().languages.get(&user).copied()?;
        Some(Profile { user, language })
    }

    /// [`Host::create`](pipeline::Host::create)
    pub fn create(&self, profile: Profile) -> Created {
        let Profile { user, language } = profile;
        let mut state = self.state();
        match state.languages.entry(user.clone()) {
            Entry::Occupied(_) => return Created::Conflict,
            Entry::Vacant(place) => place.insert(language),
        };
        state.order.push_back(user);
        if state.order.len() > self.room
            && let Some(oldest) = state.order.pop_front()
        {
            state.languages.remove(&oldest);
        }
        Created::New
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock panics, so a poisoned one is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(open_id: &str) -> User {
        User { account: "shop".into(), open_id: open_id.into() }
    }

    fn profile(open_id: &str, language: Language) -> Profile {
        Profile { user: user(open_id), language }
    }

    #[test]
    fn whoever_creates_a_record_second_is_told_and_changes_nothing() {
        let records = Records::new(2);
        assert_eq!(records.find(user("alice")), None);
        assert_eq!(records.create(profile("alice", Language::Chinese)), Created::New);
        assert_eq!(records.create(profile("alice", Language::English)), Created::Conflict);
        assert_eq!(records.find(user("alice")), Some(profile("alice", Language::Chinese)));
        let elsewhere = User { account: "other".into(), ..user("alice") };
        assert_eq!(records.find(elsewhere), None);
    }

    #[test]
    fn the_oldest_record_is_forgotten_when_there_is_no_room() {
        let records = Records::new(2);
        for open_id in ["alice", "bob", "carol"] {
            assert_eq!(records.create(profile(open_id, Language::English)), Created::New);
        }
        let known = ["alice", "bob", "carol"].map(|open_id| records.find(user(open_id)).is_some());
        assert_eq!(known, [false, true, true]);
        assert_eq!(records.create(profile("alice", Language::English)), Created::New);
        assert_eq!(records.state().languages.len(), 2);
    }
}
