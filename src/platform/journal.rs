//! What happened, in order: what a terminal prints and a test compares.

use std::fmt;
use std::time::Duration;

use super::chain::Outcome;
use super::push::{Answer, Request};
use super::shown::Shown;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, since 1970.
    pub at: Duration,
    /// The AppID of the account; empty for a call that names none.
    pub app_id: String,
    /// The user's OpenID; empty when it concerns no user.
    pub user: String,
    /// What.
    pub event: Event,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The user did something, and this is its XML before encryption.
    Said(String),
    /// A try begins. From the second on it is a repeat.
    Try {
        /// From 1.
        number: u32,
        /// What is sent.
        request: Request,
    },
    /// A try ended.
    Tried {
        /// From 1.
        number: u32,
        /// How.
        outcome: Outcome,
        /// The answer's XML after decryption, if there is any.
        plain: Option<String>,
    },
    /// The server answered `success` or nothing: there is no reply and no further try.
    Silence,
    /// The user sees this.
    Sees(Shown),
    /// The user sees that the account is typing, or does not any more.
    Typing(bool),
    /// An access token was given. The token itself is not kept here.
    Token {
        /// By `stable_token`.
        stable: bool,
        /// In seconds.
        expires_in: u64,
    },
    /// The server called the API.
    Called {
        /// The path.
        path: String,
        /// `errcode`: 0 when it worked.
        code: i64,
    },
}

/// In one line, without the XML.
impl fmt::Display for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(_) => out.write_str("writes"),
            Self::Try { number: 1, .. } => out.write_str("try 1"),
            Self::Try { number, .. } => write!(out, "try {number}, the same bytes"),
            Self::Tried { outcome, .. } => match outcome {
                Outcome::Answered(Answer { status, body }) => {
                    write!(out, "answered with status {status} and {} bytes", body.len())
                }
                Outcome::Cut => out.write_str("cut: no answer in 5 s"),
                Outcome::Failed(why) => write!(out, "failed: {why}"),
            },
            Self::Silence => out.write_str("no reply, and no further try"),
            Self::Sees(shown) => {
                write!(out, "sees: {shown}")?;
                match shown {
                    Shown::Notice(fault) => write!(out, " ({fault})"),
                    _ => Ok(()),
                }
            }
            Self::Typing(true) => out.write_str("sees that the account is typing"),
            Self::Typing(false) => {
                out.write_str("does not see any more that the account is typing")
            }
            Self::Token { stable, expires_in } => {
                let kind = if *stable { "a stable token" } else { "a token" };
                write!(out, "{kind} was given, for {expires_in} s")
            }
            Self::Called { path, code } => write!(out, "{path} was called: errcode {code}"),
        }
    }
}
