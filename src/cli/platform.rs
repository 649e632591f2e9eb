//! `platform`: WeChat's side of one account: its API, and users who do what they are told.

use std::io::{self, Write};
use std::net::SocketAddr;

use clap::Args;
use four_ways::platform::services::SERVICES;
use four_ways::platform::{Entry, Live, http, serve};
use four_ways::server::sign;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use wechat::Secret;

use super::account::{AccountError, Target};
use super::exam::serial;

/// Which account, and where its API is.
#[derive(Debug, Args)]
pub struct Platform {
    #[command(flatten)]
    target: Target,
    /// The account's AppSecret, with which the server asks for access tokens
    #[arg(long, default_value = "four-ways-platform-secret")]
    secret: String,
    /// The address of the API; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

/// Why there is no platform.
#[derive(Debug, Error)]
pub enum PlatformError {
    /// The options do not fit together.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; choose another with --listen")]
    Listen(SocketAddr, io::Error),
    /// There is no runtime, or nobody to tell.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Platform {
    /// Serves the API until the process ends, and prints what happens.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub fn serve(self, out: &mut dyn Write) -> Result<(), PlatformError> {
        let mut account = self.target.account()?;
        account.secret = Secret::new(self.secret);
        let app_id = account.app_id.clone();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listen = |error| PlatformError::Listen(self.listen, error);
            let listener = TcpListener::bind(self.listen).await.map_err(listen)?;
            let address = listener.local_addr()?;
            let epoch = sign::now();
            let platform = four_ways::platform::Platform::new([account], serial());
            let (live, mut journal) = Live::start(platform, epoch, http::send);
            writeln!(out, "WeChat's API for {app_id} is on http://{address}/cgi-bin/")?;
            let beside = SERVICES.map(|(service, _)| format!("/{service}")).join(", ");
            writeln!(out, "the services beside it are {beside}")?;
            let act =
                format!(r#"{{"app_id": "{app_id}", "user": "alice", "act": {{"text": "你好"}}}}"#);
            writeln!(out, "a user writes:  curl -d '{act}' http://{address}{}", serve::ACTS_PATH)?;
            let order = r#"{"trouble": "busy"}"#;
            writeln!(
                out,
                "a call fails:   curl -d '{order}' http://{address}{}",
                serve::ORDERS_PATH
            )?;
            out.flush()?;
            match live.handshake(&app_id).await {
                Ok(Ok(())) => writeln!(out, "the server passes the handshake")?,
                Ok(Err(why)) => writeln!(out, "the server does not pass the handshake: {why}")?,
                // The account is the one that was just made.
                Err(error) => writeln!(out, "{error}")?,
            }
            out.flush()?;
            let api = tokio::spawn(serve::serve(live, listener));
            while let Some(Entry { at, user, event, .. }) = journal.recv().await {
                let since = at.saturating_sub(epoch).as_secs_f64();
                writeln!(out, "{since:9.3} s  {user:<10} {event}")?;
                out.flush()?;
            }
            // The journal ends with the API.
            match api.await {
                Ok(Err(error)) => Err(error.into()),
                Ok(Ok(never)) => match never {},
                Err(_) => Ok(()),
            }
        })
    }
}
