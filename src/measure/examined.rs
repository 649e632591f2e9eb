//! The four styles and the Node originals in the same exam.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::time::Duration;

use futures::future::{Either, select};
use kit::Style;
use pipeline::exchanges::Limits;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::node::{Missing, ORIGINALS, Original};
use super::process::Process;
use super::results::Exam;
use crate::exam::{Candidate, Finding, examine};
use crate::platform::Account;
use crate::server::{Caps, Listeners, Server, sign};
use crate::{conversation, styles};

/// How often it is looked whether an original has ended, and how long it then stays away.
const PAUSE: Duration = Duration::from_millis(500);

/// Why there is no result.
#[derive(Debug, Error)]
pub enum Unexamined {
    /// The originals cannot run.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// A server does not start.
    #[error("{0} does not start: {1}")]
    Start(&'static str, io::Error),
}

/// Examines one server after the other, in plain mode. `heard` is told who is next. Needs a runtime
/// of tokio with more than one thread.
///
/// # Errors
/// See [`Unexamined`].
pub async fn examined(mut heard: impl FnMut(&'static str)) -> Result<Exam, Unexamined> {
    let mut found = Vec::new();
    for style in styles::all() {
        let name = style.name;
        heard(name);
        let findings = ours(style).await.map_err(|error| Unexamined::Start(name, error))?;
        found.push((name, findings));
    }
    for original in ORIGINALS {
        heard(original.bot);
        found.push((original.bot, theirs(original).await?));
    }
    Ok(Exam::new(&found))
}

async fn ours(style: Style) -> io::Result<Vec<Finding>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let accounts = vec![conversation::account()];
    let server = Server::new(style, accounts, Limits::default(), Caps::default());
    let serving = tokio::spawn(async move {
        server.run(Listeners { accounts: listener, admin: None }, pending(), pending()).await
    });
    let findings = findings(address).await;
    serving.abort();
    Ok(findings)
}

async fn theirs(original: Original) -> Result<Vec<Finding>, Unexamined> {
    let process = start(original, original.server()?)?;
    let findings = Box::pin(findings(process.address));
    match select(findings, Box::pin(kept(original, process))).await {
        Either::Left((findings, _)) => Ok(findings),
        Either::Right((why, _)) => Err(why),
    }
}

/// Starts an original again when it has ended, as a supervisor in production does. Without it all
/// checks after the one that ended it would fail. Returns when that does not succeed.
async fn kept(original: Original, mut process: Process) -> Unexamined {
    let port = process.address.port().to_string();
    loop {
        sleep(PAUSE).await;
        if process.has_ended() {
            sleep(PAUSE).await;
            let again = original.server().map_err(Unexamined::from).and_then(|mut command| {
                command.arg(&port);
                start(original, command)
            });
            match again {
                Ok(again) => process = again,
                Err(why) => return why,
            }
        }
    }
}

fn start(original: Original, mut command: Command) -> Result<Process, Unexamined> {
    // The libraries print a stack for each odd message.
    command.stderr(Stdio::null());
    Process::start(command).map_err(|error| Unexamined::Start(original.bot, error))
}

async fn findings(address: SocketAddr) -> Vec<Finding> {
    let url = format!("http://{address}/wechat/{}", conversation::NAME);
    // Each server is a new one, but signatures of the last second must differ for it, too.
    let serial = u64::try_from(sign::now().as_micros()).unwrap_or_default();
    let account = Account::new(url, conversation::TOKEN);
    examine(&Candidate::new(account, serial), |_| {}).await
}
