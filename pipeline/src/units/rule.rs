//! What a unit is asked, and what it may say.

use wechat::{Event, Kind, Reply};

use crate::context::Context;
use crate::profile::Language;

/// What a unit decides about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It answers, and the walk ends.
    Reply(Reply),
    /// It passes the message on, changed or not, to the next unit.
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
pub(super) fn text(ctx: &Context) -> Option<&str> {
    match &ctx.message.as_ref()?.kind {
        Kind::Text { content } => Some(content),
        _ => None,
    }
}

/// What a keyword is compared with: a text, or the key of a menu item.
pub(super) fn said(ctx: &Context) -> Option<&str> {
    match &ctx.message.as_ref()?.kind {
        Kind::Text { content } => Some(content),
        Kind::Event(Event::Click { key }) => Some(key),
        _ => None,
    }
}

/// A reply in the user's language, or in both if it is not known.
pub(super) fn tell(ctx: &Context, chinese: &str, english: &str) -> Verdict {
    match ctx.language {
        Some(Language::Chinese) => say(chinese),
        Some(Language::English) => say(english),
        None => say(format!("{chinese}{english}")),
    }
}

/// A reply with a fixed text, which is neither empty nor too long.
pub(super) fn say(text: impl Into<String>) -> Verdict {
    Reply::text(text).map_or(Verdict::Pass, Verdict::Reply)
}
