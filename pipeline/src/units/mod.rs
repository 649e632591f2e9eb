//! The decisions of the units. A unit that decides without waiting is a [`Rule`]; one that waits
//! has its decisions here and its waiting in each style.
//!
//! | rank | unit | replies to |
//! |---:|---|---|
//! | 10 | [`Voice`] | nothing: recognised speech becomes a text and passes on |
//! | 20 | [`Welcome`] | a new follower |
//! | 50 | [`Guess`] | a game, optional per account |
//! | 60 | [`later`] | after a wait past the deadline, optional per account |
//! | 80 | [`Exact`] | a whole text or a menu key |
//! | 90 | [`Fuzzy`] | a part of a text |

mod guess;
mod keyword;
pub mod later;
mod rule;
mod voice;
mod walk;
mod welcome;

pub use guess::Guess;
pub use keyword::{Exact, Fuzzy};
pub use rule::{Rule, Verdict};
pub use voice::Voice;
pub use walk::{Walk, nobody};
pub use welcome::Welcome;
