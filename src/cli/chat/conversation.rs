//! A conversation, line by line.

use std::io;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use four_ways::platform::{Act, ActError, Entry, Event, Fault, Live, Shown};
use thiserror::Error;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::line::{self, Line, LineError};
use super::terminal::{Input, Output};
use super::wording::Wording;

/// How long somebody at a terminal waits for an answer until the next line can be typed.
const PATIENCE: Duration = Duration::from_secs(1);

/// A user, an account, and what was printed so far.
pub struct Conversation<'a> {
    live: Arc<Live>,
    journal: UnboundedReceiver<Entry>,
    app_id: String,
    /// Who speaks.
    user: String,
    wording: Wording,
    output: Output<'a>,
    /// Whether WeChat gave up a message.
    given_up: bool,
}

/// Why a script ends early, or a line is refused.
#[derive(Debug, Error)]
pub enum Refused {
    /// The line means nothing.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The user cannot do this.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The file of `/raw`.
    #[error("cannot read {0} as text: {1} / 文件无法读取")]
    File(String, io::Error),
    /// Three tries, and no answer.
    #[error("the server did not answer in three tries / 服务器三次都没有回复")]
    Silent,
    /// Nothing can be printed.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

/// Why a conversation ends early.
#[derive(Debug, Error)]
pub enum Ended {
    /// A line of a script.
    #[error("line {number}: {refused}")]
    Line {
        /// From 1.
        number: usize,
        /// Why.
        refused: Refused,
    },
    /// A line cannot be read.
    #[error("line {number} cannot be read: {error}")]
    Unreadable {
        /// From 1.
        number: usize,
        /// Why.
        error: io::Error,
    },
    /// Nothing can be printed.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl<'a> Conversation<'a> {
    /// A conversation of `user` with the account `app_id`.
    pub fn new(
        (live, journal): (Arc<Live>, UnboundedReceiver<Entry>),
        (app_id, user): (String, String),
        wording: Wording,
        output: Output<'a>,
    ) -> Self {
        Self { live, journal, app_id, user, wording, output, given_up: false }
    }

    /// Takes lines until there are no more, or one says so. A script ends at the first line that is
    /// refused; at a terminal one can try again.
    ///
    /// # Errors
    /// See [`Ended`].
    pub async fn hold(mut self, mut input: Input) -> Result<(), Ended> {
        for number in 1.. {
            let prompt = self.wording.prompt(&self.user);
            // Reading waits for a person, and the runtime has only one thread.
            let reading = tokio::task::spawn_blocking(move || {
                let line = input.next(&prompt);
                (input, line)
            });
            let (returned, line) = self.printing(reading).await?.map_err(io::Error::other)?;
            input = returned;
            let Some(line) = line.map_err(|error| Ended::Unreadable { number, error })? else {
                break;
            };
            if !self.output.is_terminal() && !line.trim().is_empty() {
                // A terminal shows what is typed; a script is as readable with it.
                let echo = format!("{}{}\n", self.wording.prompt(&self.user), line.trim());
                self.output.print(echo)?;
            }
            match self.take(&line).await {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break,
                Err(Refused::Output(error)) => return Err(error.into()),
                Err(refused) if self.output.is_terminal() => {
                    self.output.print(self.wording.aside(&refused.to_string()))?;
                }
                Err(refused) => return Err(Ended::Line { number, refused }),
            }
        }
        Ok(())
    }

    /// Does what a line says; returns whether there may be another one.
    async fn take(&mut self, line: &str) -> Result<ControlFlow<()>, Refused> {
        match line::read(line)? {
            Line::Act(act) => self.act(act).await?,
            Line::Raw(path) => {
                let xml = std::fs::read_to_string(&path)
                    .map_err(|error| Refused::File(path.display().to_string(), error))?;
                self.act(Act::Raw(xml)).await?;
            }
            Line::As(name) => self.user = name,
            Line::Help => self.output.print(self.wording.help())?,
            Line::Quit => return Ok(ControlFlow::Break(())),
            Line::Nothing => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    async fn act(&mut self, act: Act) -> Result<(), Refused> {
        let (live, app_id, user) = (Arc::clone(&self.live), self.app_id.clone(), self.user.clone());
        // A task of its own, because it goes on when the next line is typed.
        let acting = tokio::spawn(async move { live.act(&app_id, &user, &act).await });
        let patience = if self.output.is_terminal() { PATIENCE } else { Duration::MAX };
        if let Ok(acted) = self.printing(timeout(patience, acting)).await? {
            acted.map_err(io::Error::other)??;
        }
        match self.given_up && !self.output.is_terminal() {
            true => Err(Refused::Silent),
            false => Ok(()),
        }
    }

    /// Prints what happens until `done` completes, and what has happened by then.
    async fn printing<T>(&mut self, done: impl Future<Output = T>) -> io::Result<T> {
        let mut done = pin!(done);
        loop {
            tokio::select! {
                biased;
                Some(entry) = self.journal.recv() => self.print(Some(entry))?,
                done = &mut done => {
                    self.print(None)?;
                    return Ok(done);
                }
            }
        }
    }

    /// Prints an entry and those that wait behind it, all at once, so that a terminal draws its
    /// prompt again once only.
    fn print(&mut self, first: Option<Entry>) -> io::Result<()> {
        let mut text = String::new();
        let mut next = first.or_else(|| self.journal.try_recv().ok());
        while let Some(entry) = next {
            self.given_up |= entry.event == Event::Sees(Shown::Notice(Fault::Silent));
            text += &self.wording.entry(&entry, &self.user);
            next = self.journal.try_recv().ok();
        }
        if text.is_empty() { Ok(()) } else { self.output.print(text) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use four_ways::platform::{Account, Answer, Platform};

    use super::super::super::lesson::Language;
    use super::*;

    /// What a script prints, and how it ends, when `bot` answers. The clock is virtual.
    fn played<R>(
        script: &'static str,
        bot: impl Fn() -> R + Send + Sync + 'static,
    ) -> (String, Result<(), Ended>)
    where
        R: Future<Output = Result<Answer, String>> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let mut out = Vec::new();
        let account = Account::new("http://bot.test/", "token");
        let app_id = account.app_id.clone();
        let ended = runtime.block_on(async {
            let epoch = Duration::from_secs(1_700_000_000);
            let wording = Wording {
                language: Language::En,
                account: "demo".to_owned(),
                epoch,
                show: false,
                encrypted: false,
            };
            let started = Live::start(Platform::new([account], 0), epoch, move |_| bot());
            let output = Output::Script(&mut out);
            Conversation::new(started, (app_id, "alice".to_owned()), wording, output)
                .hold(Input::Script(Box::new(Cursor::new(script))))
                .await
        });
        let out = String::from_utf8(out).expect("text");
        (anstream::adapter::strip_str(&out).to_string(), ended)
    }

    #[test]
    fn a_script_ends_when_the_server_is_silent_and_each_try_says_why() {
        let silent = || std::future::pending::<Result<Answer, String>>();
        let (printed, ended) = played("hello\nagain\n", silent);
        assert_eq!(
            printed,
            "alice › hello\n\
             (try 1: no answer in 5 s, cut)\n\
             (try 2: no answer in 5 s, cut)\n\
             (try 3: no answer in 5 s, cut)\n \
             demo › 该公众号提供的服务出现故障，请稍后再试\n\
             (because: no answer with status 200 within 5 s, three times)\n"
        );
        assert!(
            matches!(ended, Err(Ended::Line { number: 1, refused: Refused::Silent })),
            "{ended:?}"
        );
    }

    #[test]
    fn a_script_goes_on_after_an_answer_that_wechat_cannot_read() {
        let json = || async { Ok(Answer { status: 200, body: b"{}".to_vec() }) };
        let (printed, ended) = played("hello\nagain\n", json);
        assert!(ended.is_ok(), "{ended:?}");
        assert_eq!(printed.matches("该公众号提供的服务出现故障，请稍后再试").count(), 2);
    }

    #[test]
    fn a_script_ends_at_the_line_that_the_user_cannot_say() {
        let silent = || async { Ok(Answer { status: 200, body: b"success".to_vec() }) };
        let (_, ended) = played("hello\n\n/unsubscribe\nhello\n", silent);
        let ended = ended.expect_err("who has left cannot write");
        assert_eq!(
            ended.to_string(),
            "line 4: alice does not follow the account: subscribe or scan first"
        );
        let (_, ended) = played("/raw no/such/file\n", silent);
        let ended = ended.expect_err("there is no such file").to_string();
        assert!(ended.starts_with("line 1: cannot read no/such/file"), "{ended}");
    }

    #[test]
    fn nothing_is_read_after_quit() {
        let silent = || async { Ok(Answer { status: 200, body: vec![] }) };
        let (printed, ended) = played("hello\n/quit\n/oops\n", silent);
        assert!(ended.is_ok());
        assert_eq!(printed, "alice › hello\n(no answer)\nalice › /quit\n");
    }
}
