//! `exam`: a server of anybody, examined from outside.

use std::io::{self, Write};

use clap::Args;
use four_ways::exam::{Candidate, GONE, Stop, examine, report};
use four_ways::server::sign;
use thiserror::Error;
use tokio::runtime::Builder;

use super::account::{AccountError, Target};

/// Which server, and what it has to be told.
#[derive(Debug, Args)]
pub struct Exam {
    #[command(flatten)]
    target: Target,
    /// A text to which the server replies
    #[arg(long, value_name = "TEXT", default_value = "hello")]
    say: String,
    /// A text for whose answer the server needs more than 5 s, if there is one
    #[arg(long, value_name = "TEXT")]
    slow: Option<String>,
    /// How many users write at once
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    users: usize,
    /// Write the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Why there is no result.
#[derive(Debug, Error)]
pub enum ExamError {
    /// The options do not fit together.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// There is no runtime, or the result cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The server is not there.
    #[error("cannot examine {0}: nobody listens there")]
    Away(String),
    /// The server was there.
    #[error("{0} has ended during the exam: see the last ✘, start it again, and examine it again")]
    Ended(String),
}

impl Exam {
    /// Examines the server; returns whether it keeps everything that WeChat demands.
    ///
    /// # Errors
    /// See [`ExamError`].
    pub fn examine(self, out: &mut dyn Write) -> Result<bool, ExamError> {
        let mode = self.target.mode().name();
        let account = self.target.account()?;
        let url = account.url.clone();
        let mut candidate = Candidate::new(account, serial());
        candidate.say = self.say;
        candidate.slow = self.slow;
        candidate.users = self.users;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            if !candidate.is_there().await {
                return Err(ExamError::Away(url));
            }
            let mut printed = Ok(());
            let findings = examine(&candidate, |finding| {
                if !self.json && printed.is_ok() {
                    // Each line as soon as it is known: some checks take seconds.
                    printed = report::line(finding, out).and_then(|()| out.flush());
                }
            })
            .await;
            printed?;
            match self.json {
                true => writeln!(out, "{:#}", report::json(&url, mode, &findings))?,
                false => writeln!(out, "\n{}", report::summary(&findings))?,
            }
            if findings.iter().any(|finding| finding.outcome == Err(Stop::Skipped(GONE))) {
                return Err(ExamError::Ended(url));
            }
            Ok(!findings.iter().any(|finding| finding.is_fatal()))
        })
    }
}

/// Microseconds since 1970: no earlier exam of the same server has used the numbers that follow.
pub fn serial() -> u64 {
    u64::try_from(sign::now().as_micros()).unwrap_or_default()
}
