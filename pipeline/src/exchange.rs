//! One message and its answer. Deduplication, the stored answer, the order of a user's messages and
//! the protection against replays are one mechanism, because a repeat from WeChat is exactly the
//! same request. A replay differs from a repeat by the body that comes with the signature.

use std::sync::Arc;

use wechat::{MessageKey, Reply};

/// Identifies an exchange. A repeat has the same key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeKey {
    /// The account's name.
    pub account: Arc<str>,
    /// The user's OpenID.
    pub user: Arc<str>,
    /// The message.
    pub message: MessageKey,
}

/// A user of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// The account's name.
    pub account: Arc<str>,
    /// The user's OpenID.
    pub user: Arc<str>,
}

impl ExchangeKey {
    /// Whose exchange it is.
    #[must_use]
    pub fn who(&self) -> Who {
        Who { account: Arc::clone(&self.account), user: Arc::clone(&self.user) }
    }
}

/// What [`Host::begin`](crate::Host::begin) is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Which exchange.
    pub key: ExchangeKey,
    /// The signature that came with it; `None` while the account's window is off.
    pub binding: Option<Binding>,
}

/// In plain mode the signature does not cover the body, so the host remembers which body came with
/// a signature. In the other modes it covers the body, and this check is an additional one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// SHA-1 of the account's name and the signature. Each takes the same room so.
    pub signature: [u8; 20],
    /// SHA-1 of the body.
    pub body: [u8; 20],
}

/// What [`Host::begin`](crate::Host::begin) answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The first arrival, or the first after an abort: it is this request's turn.
    Fresh {
        /// The session after the user's last exchange.
        session: Session,
        /// The turn itself; [`Lease::new`](crate::Lease::new) makes sure that it ends.
        lease: LeaseId,
    },
    /// Already answered.
    Done(Box<Answer>),
    /// The signature was already seen with another body.
    Replayed,
    /// Too many of the user's messages wait already, or this one has waited too long.
    Crowded,
    /// The exchange goes on, but WeChat will not ask for its answer again: the user is told so.
    Late,
}

/// What [`Host::overdue`](crate::Host::overdue) answers about a try whose deadline has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// Do not answer it yet: the answer, a notice or the next try comes.
    Hold,
    /// Answer `success`. If the exchange goes on, the session will keep its answer.
    Success,
}

/// An answer, stored so that a repeat gets the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The reply.
    pub reply: Reply,
    /// When it was made, in seconds since 1970; it stands in the rendered reply.
    pub created: u64,
    /// The unit that made it; `-` when none did.
    pub unit: &'static str,
    /// The random bytes that encrypt it; zero in plain mode, which needs none.
    pub salt: [u8; 16],
}

/// What is stored in one step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// The kind of message, for the journal.
    pub kind: &'static str,
    /// The answer.
    pub answer: Answer,
    /// The session as it is from now on.
    pub session: Session,
}

/// What is remembered of one user of one account between messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// How many exchanges were committed. If it is too small, an update was lost.
    pub exchanges: u64,
    /// The unit that is asked first.
    pub preferred: Option<&'static str>,
    /// The number to be guessed.
    pub secret: Option<u8>,
    /// An answer that came too late for its message: the next message gets it. Boxed, because few
    /// users have one.
    pub owed: Option<Box<Reply>>,
}

/// Identifies a turn. It is not the key of the exchange, because an old lease must not end the turn
/// of a retry with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeaseId(pub u64);
