//! The decisions of the units. A unit that decides without waiting is a [`Rule`]. A unit that waits
//! has its decisions here, and each style writes its waiting.
//!
//! | rank | unit | replies to |
//! |---:|---|---|
//! | 5 | [`Owed`] | the next message, with an answer that came too late for its own |
//! | 10 | [`Voice`] | no message: it makes a text of recognised speech and passes it on |
//! | 20 | [`Welcome`] | a new follower |
//! | 30 | [`profile`] | no message: it finds out the user's language, optional per account |
//! | 50 | [`Guess`] | a game, optional per account |
//! | 60 | [`later`] | after a wait past the deadline, optional per account |
//! | 65 | [`weather`] | the name of a place, by three services, optional per account |
//! | 70 | [`ask`] | a question, by the faster of two providers, optional per account |
//! | 75 | [`articles`] | a word in titles of the account's articles, optional per account |
//! | 80 | [`Exact`] | a whole text or a menu key |
//! | 90 | [`Fuzzy`] | a part of a text |

pub mod articles;
pub mod ask;
mod guess;
mod keyword;
pub mod later;
mod owed;
pub mod profile;
mod rule;
mod service;
mod voice;
mod walk;
pub mod weather;
mod welcome;

pub use guess::Guess;
pub use keyword::{Exact, Fuzzy};
pub use owed::Owed;
pub use rule::{Rule, Verdict};
pub use voice::Voice;
pub use walk::{Walk, nobody};
pub use welcome::Welcome;
