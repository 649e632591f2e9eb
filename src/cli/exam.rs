//! `exam`: a server of anybody, examined from outside.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use four_ways::exam::{Candidate, examine, report};
use four_ways::platform::{Account, Mode};
use thiserror::Error;
use tokio::runtime::Builder;
use wechat::AesKey;
use wechat::cipher::KeyError;

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

/// The server, as WeChat's console knows it.
#[derive(Debug, Args)]
pub struct Target {
    /// The server's URL, such as http://127.0.0.1:8080/wechat/demo
    #[arg(long)]
    url: String,
    /// The account's token
    #[arg(long)]
    token: String,
    /// How messages travel
    #[arg(long, value_enum, default_value_t = ModeName::Plain)]
    mode: ModeName,
    /// The account's AppID; in compat and safe mode each message contains it
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// The account's EncodingAESKey, for compat and safe mode
    #[arg(long)]
    key: Option<String>,
    /// The account's original id (`gh_…`), if the server knows it
    #[arg(long, value_name = "ID")]
    original_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModeName {
    Plain,
    Compat,
    Safe,
}

/// Why no account can be made of the arguments.
#[derive(Debug, Error)]
pub enum TargetError {
    /// Not an `http` URL.
    #[error("{0:?} is no URL of a server: write http://host:port/path")]
    Url(String),
    /// Compat and safe mode need both.
    #[error("this mode needs --app-id and --key")]
    Unencrypted,
    /// Not an `EncodingAESKey`.
    #[error("--key: {0}")]
    Key(#[from] KeyError),
}

/// Why there is no result.
#[derive(Debug, Error)]
pub enum ExamError {
    /// The arguments do not fit together.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// There is no runtime, or the result cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The server is not there.
    #[error("cannot examine {0}: nobody listens there")]
    Away(String),
}

impl Target {
    /// The account that these arguments describe.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub fn account(self) -> Result<Account, TargetError> {
        if !self.url.starts_with("http://") {
            return Err(TargetError::Url(self.url));
        }
        let key = self.key.as_deref().map(AesKey::parse).transpose()?;
        let mode = match (self.mode, key, &self.app_id) {
            (ModeName::Plain, _, _) => Mode::Plain,
            (ModeName::Compat, Some(key), Some(_)) => Mode::Compat(key),
            (ModeName::Safe, Some(key), Some(_)) => Mode::Safe(key),
            _ => return Err(TargetError::Unencrypted),
        };
        let account = Account::new(self.url, self.token);
        Ok(Account {
            mode,
            app_id: self.app_id.unwrap_or(account.app_id),
            original_id: self.original_id.unwrap_or(account.original_id),
            ..account
        })
    }
}

impl Exam {
    /// Examines the server; returns whether it keeps everything that WeChat demands.
    ///
    /// # Errors
    /// See [`ExamError`].
    pub fn examine(self, out: &mut dyn Write) -> Result<bool, ExamError> {
        let mode = match self.target.mode {
            ModeName::Plain => "plain",
            ModeName::Compat => "compat",
            ModeName::Safe => "safe",
        };
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
            Ok(!findings.iter().any(|finding| finding.is_fatal()))
        })
    }
}

/// Microseconds since 1970: no earlier exam of the same server has used the numbers that follow.
pub fn serial() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or_default()
}
