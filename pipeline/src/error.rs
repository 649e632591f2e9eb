//! What can go wrong, by class. Classes are observed and compared, texts are not.

use thiserror::Error as ThisError;
use wechat::{OpenError, ParseError, QueryError};

use crate::operation::{Failure, Fault};
use crate::request::Response;

/// How a layer, or what is below it, ended.
pub type Outcome = Result<(), Error>;

/// Why a request could not be answered normally.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    /// No account has the name in the path.
    #[error("no account has this name: check the path /wechat/{{name}}")]
    UnknownAccount,
    /// Neither `GET` nor `POST`.
    #[error("the method is not allowed: use GET or POST")]
    Method,
    /// The query string is not one that WeChat sends.
    #[error("{0}")]
    Query(#[from] QueryError),
    /// The signature does not fit: wrong token, or not from WeChat.
    #[error("the signature is wrong: check the account's token")]
    Signature,
    /// The timestamp lies outside the account's window.
    #[error("the timestamp is outside the window: check the clock")]
    Stale,
    /// A signature came a second time, with another body.
    #[error("the signature was already used for another body")]
    Replayed,
    /// The body is not one that WeChat sends.
    #[error("{0}")]
    Body(#[from] ParseError),
    /// A message that cannot be decrypted, or is for another account. Both give one error, because
    /// different errors would help an attacker who guesses.
    #[error("the message is not for this account")]
    Refused,
    /// An operation of the host failed.
    #[error("{0}")]
    Host(#[from] Failure),
    /// The code below panicked.
    #[error("the request was given up after a panic")]
    Panicked,
    /// A layer runs without the one that prepares its input.
    #[error("layer order: `{0}` has not been set by the layers above")]
    Missing(&'static str),
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Query(error) => Self::Query(error),
            OpenError::Signature => Self::Signature,
            OpenError::Body(error) => Self::Body(error),
            OpenError::Refused => Self::Refused,
        }
    }
}

/// The observable class of an ending. There is no catch-all: a new error has to be classed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It went well.
    Done,
    /// The request was refused with this status.
    Refused(u16),
    /// An operation failed.
    Failed(Fault),
    /// A panic was contained.
    Panicked,
    /// It was dropped before its end.
    Dropped,
}

impl Class {
    /// The class of an outcome.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Ok(()) => Self::Done,
            Err(error) => error.class(),
        }
    }
}

impl Error {
    /// The error's class.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Host(failure) => Class::Failed(failure.fault),
            Self::Panicked => Class::Panicked,
            Self::UnknownAccount
            | Self::Method
            | Self::Query(_)
            | Self::Signature
            | Self::Stale
            | Self::Replayed
            | Self::Body(_)
            | Self::Refused
            | Self::Missing(_) => Class::Refused(self.status()),
        }
    }

    /// The HTTP status of the answer: 4xx is final; after a 500 a repeat may succeed.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Query(_) => 400,
            Self::Body(ParseError::TooLarge(_)) => 413,
            Self::Body(_) => 400,
            Self::Signature | Self::Stale | Self::Replayed | Self::Refused => 403,
            Self::UnknownAccount => 404,
            Self::Method => 405,
            Self::Host(_) | Self::Panicked | Self::Missing(_) => 500,
        }
    }

    /// The response. It does not say what failed inside.
    #[must_use]
    pub fn response(&self) -> Response {
        let allow = matches!(self, Self::Method).then_some("GET, POST");
        let body = match self.status() {
            500 => "internal error".to_owned(),
            _ => self.to_string(),
        };
        Response { allow, ..Response::text(self.status(), body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;

    fn failed(fault: Fault) -> Error {
        Error::Host(Failure { operation: Operation::Commit, fault })
    }

    #[test]
    fn each_error_has_its_status_and_its_class() {
        for (error, status) in [
            (Error::Query(QueryError::Missing("nonce")), 400),
            (Error::Body(ParseError::DocType(0)), 400),
            (Error::Signature, 403),
            (Error::Stale, 403),
            (Error::Replayed, 403),
            (Error::UnknownAccount, 404),
            (Error::Method, 405),
            (Error::Body(ParseError::TooLarge(65_537)), 413),
            (Error::Missing("account"), 500),
        ] {
            assert_eq!(error.status(), status, "{error}");
            assert_eq!(error.class(), Class::Refused(status), "{error}");
        }
        assert_eq!(Error::Panicked.status(), 500);
        assert_eq!(Error::Panicked.class(), Class::Panicked);
        for fault in [Fault::Transient, Fault::Permanent, Fault::Abandoned] {
            assert_eq!(failed(fault).status(), 500);
            assert_eq!(failed(fault).class(), Class::Failed(fault));
        }
    }

    #[test]
    fn only_a_405_names_the_methods_that_are_allowed() {
        assert_eq!(Error::Method.response().allow, Some("GET, POST"));
        assert_eq!(Error::UnknownAccount.response().allow, None);
    }

    #[test]
    fn what_failed_inside_is_not_told_outside() {
        for error in [Error::Panicked, Error::Missing("account"), failed(Fault::Transient)] {
            assert_eq!(error.response(), Response::text(500, "internal error"));
        }
    }
}
