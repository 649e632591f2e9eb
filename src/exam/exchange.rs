//! One request with its answer, and what a check may say about it.

use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use crate::platform::answer::{Asked, Reading, read};
use crate::platform::{Account, Answer, Fault, Shown};

/// The most bytes of a request or an answer that a failure shows.
const SHOWN: usize = 2000;

/// Why a check ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The rule is broken.
    Failed(Box<Failure>),
    /// Nothing can be said about this server.
    Skipped(&'static str),
}

/// How the rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In one sentence.
    pub reason: String,
    /// What was sent; empty when that is not the point.
    pub request: String,
    /// What came back.
    pub answer: String,
}

impl Stop {
    /// A failure that no single request shows.
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        let (request, answer) = (String::new(), String::new());
        Self::Failed(Box::new(Failure { reason: reason.into(), request, answer }))
    }
}

/// A request with its answer.
#[derive(Debug)]
pub struct Exchange<'a> {
    pub(super) account: &'a Account,
    /// A fault of which another check tells.
    pub(super) usual: Option<Discriminant<Fault>>,
    /// The request as text.
    pub(super) sent: String,
    pub(super) asked: Asked,
    pub(super) answer: Result<Answer, String>,
    pub(super) took: Duration,
}

impl Exchange<'_> {
    /// The rule is broken here.
    pub(super) fn failed(&self, reason: impl Into<String>) -> Stop {
        let answer = match &self.answer {
            Ok(Answer { status, body }) => {
                format!("{status}\n\n{}", String::from_utf8_lossy(body))
            }
            Err(why) => why.clone(),
        };
        let (request, answer) = (cut(&self.sent), cut(&answer));
        Stop::Failed(Box::new(Failure { reason: reason.into(), request, answer }))
    }

    /// There is an answer, whatever it says.
    pub(super) fn answered(&self) -> Result<&Answer, Stop> {
        self.answer.as_ref().map_err(|why| self.failed(why.clone()))
    }

    /// The answer, as WeChat reads it.
    pub(super) fn reading(&self) -> Result<Reading, Stop> {
        match self.answered()? {
            Answer { status: 200, body } => Ok(read(self.account, &self.asked, body)),
            Answer { status, .. } => {
                Err(self.failed(format!("status {status}: WeChat asks again, and then gives up")))
            }
        }
    }

    /// The user sees a reply, or nothing, but not the notice of a failure; unless the server's usual
    /// reply shows that, too.
    pub(super) fn accepted(&self) -> Result<Option<Shown>, Stop> {
        match self.reading()?.shown {
            Some(Shown::Notice(fault)) if self.usual != Some(discriminant(&fault)) => {
                Err(self.failed(format!("the user sees a failure: {fault}")))
            }
            shown => Ok(shown),
        }
    }

    /// The same, and the answer's XML after decryption.
    pub(super) fn plain(&self) -> Result<String, Stop> {
        self.accepted()?;
        Ok(self.reading()?.plain.unwrap_or_default())
    }

    /// The fault for which the user sees the notice.
    pub(super) fn fault(&self) -> Result<Option<Fault>, Stop> {
        Ok(match self.reading()?.shown {
            Some(Shown::Notice(fault)) => Some(fault),
            _ => None,
        })
    }

    /// The server gives no reply: it refuses, or answers `success`.
    pub(super) fn unheeded(&self) -> Result<(), Stop> {
        match self.answered()? {
            Answer { status: 200, .. } => match self.accepted() {
                Ok(Some(shown)) => Err(self.failed(format!("it is answered: {shown}"))),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The server refuses with a status from 400 to 499.
    pub(super) fn refused(&self) -> Result<(), Stop> {
        match self.answered()?.status {
            400..=499 => Ok(()),
            status => Err(self.failed(format!("status {status}, not one of 400 to 499"))),
        }
    }

    /// The server gives no reply, and does not fail over it either.
    pub(super) fn survived(&self) -> Result<(), Stop> {
        match self.answered()?.status {
            500.. => Err(self.failed("the server fails over it")),
            _ => self.unheeded(),
        }
    }
}

fn cut(text: &str) -> String {
    match text.len() {
        0..=SHOWN => text.to_owned(),
        length => format!("{} … ({length} bytes)", &text[..text.floor_char_boundary(SHOWN)]),
    }
}
