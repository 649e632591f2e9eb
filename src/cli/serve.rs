//! `serve`: a style behind HTTP, until a signal ends it.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use four_ways::conversation;
use four_ways::server::logs::{self, Format};
use four_ways::server::reload::{self, Hangups};
use four_ways::server::{Caps, Served, Server, config, sign};
use pipeline::exchanges::Limits;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::named::Named;

/// Which style answers, where, for whom.
#[derive(Debug, Args)]
pub struct Serve {
    /// The style that answers
    #[arg(long, value_enum, default_value_t = Named::AsyncAwait)]
    style: Named,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The accounts and services, in TOML (docs/CONFIGURATION.md); without it the built-in account `demo`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The runtime: threads for all cores, or one
    #[arg(long, value_enum, default_value_t = Runtime::Multi)]
    runtime: Runtime,
    /// How the log is written, on standard error
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Runtime {
    Multi,
    Current,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Log {
    Text,
    Json,
}

/// Why there is no server.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}; choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// There is no runtime, or no signal to end it, or nobody to tell.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Serve {
    /// Serves until SIGINT or SIGTERM.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub fn serve(self, out: &mut dyn Write) -> Result<(), ServeError> {
        let configuration = match &self.config {
            Some(path) => config::read(path)?,
            None => vec![conversation::account()].into(),
        };
        // Kept until the server has ended, so that its last lines are written.
        let log = logs::start(match self.log {
            Log::Text => Format::Text,
            Log::Json => Format::Json,
        });
        let (name, style) = (self.style.name(), self.style.style()?);
        let mut builder = match self.runtime {
            Runtime::Multi => Builder::new_multi_thread(),
            Runtime::Current => Builder::new_current_thread(),
        };
        let runtime = builder.enable_all().build()?;
        let served = runtime.block_on(async {
            let address = self.listen;
            let listen = |error| ServeError::Listen { address, error };
            let listener = TcpListener::bind(address).await.map_err(listen)?;
            let address = listener.local_addr()?;
            // Before the server says that it is ready, so that a signal from then on ends it cleanly.
            let end = end()?;
            let hangups = Hangups::catch();
            let limits = Limits { bytes: configuration.memory, ..Limits::default() };
            let server = Server::new(style, configuration, limits, Caps::default());
            match self.config {
                Some(path) => {
                    writeln!(
                        out,
                        "serving {} in style {name} on http://{address}",
                        path.display()
                    )?;
                    tokio::spawn(reload::watch(server.clone(), path, hangups));
                }
                None => first_run(out, name, address)?,
            }
            out.flush()?;
            Ok::<Served, ServeError>(server.run(listener, end).await)
        })?;
        // What did not end in time is given up here.
        runtime.shutdown_background();
        let Served { requests, shed, connections, complete } = served;
        let rest = if complete { "" } else { "; what was still under way is cut off" };
        writeln!(
            out,
            "served {requests} requests on {connections} connections, {shed} shed{rest}"
        )?;
        match log.lost() {
            0 => {}
            lost => writeln!(out, "{lost} lines of the log are lost: they were not read in time")?,
        }
        Ok(())
    }
}

fn first_run(out: &mut dyn Write, style: &str, address: SocketAddr) -> io::Result<()> {
    let (name, token) = (conversation::NAME, conversation::TOKEN);
    let url = format!("http://{address}/wechat/{name}");
    writeln!(out, "serving the built-in account `{name}` (token {token}) in style {style}")?;
    writeln!(out, "on http://{address}; your own accounts: --config FILE")?;
    writeln!(out, "try, within five minutes:\n")?;
    writeln!(out, "{}\n", sign::curl(&url, token, "你好", sign::now()))?;
    writeln!(out, "another one: four-ways sign --token {token} --message hello --url {url}")
}

/// Completes on SIGINT or SIGTERM; they are listened for from this call on.
#[cfg(unix)]
fn end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn end() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
