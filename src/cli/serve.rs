//! `serve`: a style behind HTTP, until a signal ends it.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use four_ways::conversation;
use four_ways::server::logs::{self, Format};
use four_ways::server::reload::{self, Hangups, Source};
use four_ways::server::{Caps, Listeners, Served, Server, config, sign};
use pipeline::exchanges::Limits;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::watch;

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
    /// Where /metrics and /healthz are answered, which tell accounts and counts; without it nowhere
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<SocketAddr>,
    /// How many connections one address may have; behind a proxy, as many as it may open
    #[arg(long, value_name = "NUMBER", default_value_t = Caps::default().per_address, value_parser = per_address)]
    per_address: usize,
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
    #[error("cannot listen on {address}: {error}; choose another with {flag}")]
    Listen {
        /// Which argument names it.
        flag: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// There is no runtime, no thread for the log, or no signal to end it.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Serve {
    /// Serves until SIGINT or SIGTERM; a second one ends it at once.
    ///
    /// # Errors
    /// See [`ServeError`].
    pub fn serve(self, out: &mut dyn Write) -> Result<(), ServeError> {
        let mut builder = match self.runtime {
            Runtime::Multi => Builder::new_multi_thread(),
            Runtime::Current => Builder::new_current_thread(),
        };
        let runtime = builder.enable_all().build()?;
        // First of all, so that SIGHUP does not end the server, and any other signal ends it cleanly.
        let entered = runtime.enter();
        let (signals, hangups) = (Signals::catch()?, Hangups::catch());
        drop(entered);
        // What is said is for a reader who may have left; the server is there for WeChat.
        let mut say =
            |words: fmt::Arguments<'_>| drop(writeln!(out, "{words}").and_then(|()| out.flush()));
        let log = logs::start(match self.log {
            Log::Text => Format::Text,
            Log::Json => Format::Json,
        })?;
        let (name, style) = (self.style.name(), self.style.style()?);
        let served = runtime.block_on(async {
            let mut source = self.config.map(Source::new);
            let (configuration, known) = match &mut source {
                Some(source) => {
                    let text = source.read().await?;
                    (config::config(source.path(), &text)?, reload::digest(&text))
                }
                None => (vec![conversation::account()].into(), 0),
            };
            let accounts_at = listen(self.listen, "--listen").await?;
            let admin = match self.admin {
                Some(address) => Some(listen(address, "--admin").await?),
                None => None,
            };
            let address = accounts_at.local_addr()?;
            let caps = Caps { per_address: self.per_address, ..Caps::default() };
            let limits = Limits { bytes: configuration.memory, ..Limits::default() };
            let server = Server::new(style, configuration, limits, caps);
            if let Some(admin) = &admin {
                let address = admin.local_addr()?;
                say(format_args!("metrics and health on http://{address}"));
            }
            match source {
                Some(source) => {
                    let path = source.path().display();
                    say(format_args!("serving {path} in style {name} on http://{address}"));
                    tokio::spawn(reload::watch(server.clone(), source, known, hangups));
                }
                None => first_run(&mut say, name, address),
            }
            let listeners = Listeners { accounts: accounts_at, admin };
            Ok::<Served, ServeError>(
                server.run(listeners, signals.heard(1), signals.heard(2)).await,
            )
        });
        // What did not end in time is given up here, and so is a file that is still being read.
        runtime.shutdown_background();
        let Served { requests, shed, connections, complete } = served?;
        let rest = if complete { "" } else { "; what was still under way is cut off" };
        say(format_args!(
            "served {requests} requests on {connections} connections, {shed} shed{rest}"
        ));
        match log.finish() {
            0 => {}
            lost => say(format_args!(
                "{lost} lines of the log are lost: they were not read in time, or not written"
            )),
        }
        Ok(())
    }
}

async fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, ServeError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| ServeError::Listen { address, error, flag })
}

fn first_run(say: &mut impl FnMut(fmt::Arguments<'_>), style: &str, address: SocketAddr) {
    let (name, token) = (conversation::NAME, conversation::TOKEN);
    let url = format!("http://{address}/wechat/{name}");
    let curl = sign::curl(&url, token, "你好", sign::now());
    say(format_args!(
        "serving the built-in account `{name}` (token {token}) in style {style}\n\
         on http://{address}; your own accounts: --config FILE\n\
         try, within five minutes:\n\n\
         {curl}\n\n\
         another one: four-ways sign --token {token} --message hello --url {url}"
    ));
}

/// At least one, or nobody could connect.
fn per_address(number: &str) -> Result<usize, String> {
    match number.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err("it is no number from 1 on".to_owned()),
    }
}

/// SIGINT and SIGTERM, counted together.
struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Catches them from now on.
    fn catch() -> io::Result<Self> {
        let mut signal = Signal::catch()?;
        let (count, counted) = watch::channel(0);
        tokio::spawn(async move {
            loop {
                signal.heard().await;
                count.send_modify(|count| *count += 1);
            }
        });
        Ok(Self(counted))
    }

    /// Completes when so many have come.
    fn heard(&self, count: u32) -> impl Future<Output = ()> + use<> {
        let mut counted = self.0.clone();
        async move { drop(counted.wait_for(|counted| *counted >= count).await) }
    }
}

#[cfg(unix)]
struct Signal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signal {
    fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signal;

#[cfg(not(unix))]
impl Signal {
    fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    async fn heard(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
