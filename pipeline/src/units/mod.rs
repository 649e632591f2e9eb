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
mod voice;
mod walk;
mod welcome;

pub use guess::Guess;
pub use keyword::{Exact, Fuzzy};
pub use voice::Voice;
pub use walk::{Walk, nobody};
pub use welcome::Welcome;

use wechat::{Event, Kind, Reply};

use crate::context::Context;

/// What a unit makes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It answers, and the walk ends.
    Reply(Reply),
    /// It leaves the message, changed or not, to the next.
    Pass,
}

/// A unit that decides without waiting.
pub trait Rule: Send + Sync {
    /// The unit's name, in the log and in the session.
    fn name(&self) -> &'static str;

    /// Looks at the message and the session in `ctx`; it may change both.
    fn decide(&self, ctx: &mut Context) -> Verdict;
}

/// The text of a text message.
fn text(ctx: &Context) -> Option<&str> {
    match &ctx.message.as_ref()?.kind {
        Kind::Text { content } => Some(content),
        _ => None,
    }
}

/// What a keyword is compared with: a text, or the key of a menu item.
fn said(ctx: &Context) -> Option<&str> {
    match &ctx.message.as_ref()?.kind {
        Kind::Text { content } => Some(content),
        Kind::Event(Event::Click { key }) => Some(key),
        _ => None,
    }
}

/// A reply in words of our own, which are neither empty nor long.
fn say(text: impl Into<String>) -> Verdict {
    Reply::text(text).map_or(Verdict::Pass, Verdict::Reply)
}
