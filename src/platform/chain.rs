//! The tries of one message: three in all, 5 s apart, until one is answered.

use std::time::Duration;

use super::account::Account;
use super::answer::{Asked, Reading, read};
use super::push::{Answer, Request};
use super::shown::{Fault, Shown};

/// How long WeChat waits for an answer, and how far apart the tries begin.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How often WeChat sends a message that is not answered.
pub const TRIES: u32 = 3;

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered in time.
    Answered(Answer),
    /// No answer in 5 s; WeChat closed the connection.
    Cut,
    /// No connection, or one that ended before the answer; the text says why.
    Failed(String),
}

/// What happens after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The same bytes again, at this time.
    Again(Duration),
    /// It is over, with this reading.
    Over(Reading),
}

/// A message and its tries so far.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The same bytes in every try, query included (gtoxlili/wechat-chatGPT#9).
    pub request: Request,
    asked: Asked,
    number: u32,
    began: Duration,
}

impl Chain {
    /// No try yet.
    #[must_use]
    pub fn new(request: Request, asked: Asked) -> Self {
        Self { request, asked, number: 0, began: Duration::ZERO }
    }

    /// Begins the next try and returns its number, from 1.
    pub fn begin(&mut self, now: Duration) -> u32 {
        self.number += 1;
        self.began = now;
        self.number
    }

    /// The number of the try under way.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What happens after the try that began last.
    ///
    /// Another status than 200 is no answer. It is known that WeChat tries again then, but not when;
    /// here it is when the try would have been cut.
    #[must_use]
    pub fn next(&self, account: &Account, outcome: &Outcome) -> Next {
        match outcome {
            Outcome::Answered(Answer { status: 200, body }) => {
                Next::Over(read(account, &self.asked, body))
            }
            _ if self.number < TRIES => Next::Again(self.began + PATIENCE),
            _ => {
                let shown = Some(Shown::Notice(Fault::Silent));
                Next::Over(Reading { plain: None, shown })
            }
        }
    }
}
