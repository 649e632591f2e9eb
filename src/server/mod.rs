//! `four-ways serve`: a style behind HTTP/1.1.
//!
//! * [`config`]: the accounts, in TOML.
//! * [`http`]: one request.
//! * [`metrics`]: what `/metrics` shows.
//! * [`logs`]: what the log shows, and what it never does.
//! * [`reload`]: new accounts on SIGHUP, or when the file changes.
//! * [`sign`]: a signed request as a line for the shell.
//! * [`under_way`]: a request's own view of the host, by which it is counted.
//!
//! Not `axum::serve` and not hyper-util's automatic builder: both leave a client that sends
//! nothing connected for ever. hyper's own http1 builder with a timer does not.

pub mod config;
pub mod http;
pub mod logs;
pub mod metrics;
pub mod reload;
pub mod sign;
pub mod under_way;

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use pipeline::{Account, LogLine};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use crate::hosts::{Limits, Live};
use crate::style::Style;
use metrics::Metrics;

/// What a server admits.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Connections at a time; more wait to be accepted.
    pub connections: usize,
    /// Requests under way at a time; more are answered `success` unread.
    pub requests: usize,
    /// How long a client may take to send the head of a request, and may be idle before it.
    pub head: Duration,
    /// How long the body of a request may take to arrive, once its head has. So a request has
    /// arrived after the sum of both, or never; one deadline for it all would begin while the
    /// connection is idle, and leave a body that follows a pause less than it needs.
    pub arrival: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How long the end may take, once it was asked for.
    pub shutdown: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            connections: 4096,
            requests: 2048,
            head: Duration::from_secs(5),
            arrival: Duration::from_secs(5),
            connection: Duration::from_secs(300),
            shutdown: Duration::from_secs(10),
        }
    }
}

impl Caps {
    /// How a connection speaks HTTP.
    #[must_use]
    pub fn http1(&self) -> http1::Builder {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(self.head).max_buf_size(64 * 1024);
        // A client that has said all that it has to say still wants its answer.
        http1.half_close(true);
        http1
    }
}

/// A style with its host, its limits and its counters.
pub struct Server {
    style: Style,
    caps: Caps,
    /// The host; [`Live::reload`] changes its accounts.
    pub host: Arc<Live>,
    /// The counters.
    pub metrics: Arc<Metrics>,
    under_way: Arc<Semaphore>,
    tasks: TaskTracker,
}

/// What a server did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Requests answered by the style.
    pub requests: u64,
    /// Requests answered `success` unread.
    pub shed: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Whether everything under way came to its end in time.
    pub complete: bool,
}

impl Server {
    /// A server of these accounts.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(style: Style, accounts: Vec<Account>, limits: Limits, caps: Caps) -> Arc<Self> {
        let metrics = Arc::new(Metrics::default());
        let tasks = TaskTracker::new();
        let counted = Arc::clone(&metrics);
        let log = Box::new(move |line: LogLine, known| {
            counted.count(&line, known);
            logs::request(&line);
        });
        let host = Arc::new(Live::new(accounts, limits, tasks.clone(), log));
        let under_way = Arc::new(Semaphore::new(caps.requests));
        Arc::new(Self { style, caps, host, metrics, under_way, tasks })
    }

    /// Serves until `end` completes; then accepts nothing new, lets what is under way finish, and
    /// gives up after [`Caps::shutdown`].
    pub async fn run(
        self: &Arc<Self>,
        listener: TcpListener,
        end: impl Future<Output = ()>,
    ) -> Served {
        let places = Arc::new(Semaphore::new(self.caps.connections));
        let connections = TaskTracker::new();
        // Dropping the sender is the signal that no connection may begin another request.
        let (ending, ended) = watch::channel(());
        tokio::pin!(end);
        loop {
            let accepted = async {
                // Nobody closes the semaphore.
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                biased;
                () = &mut end => break,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    self.metrics.connections.inc();
                    // Replies are small; waiting to fill a packet only delays them.
                    drop(stream.set_nodelay(true));
                    let connection = Arc::clone(self).connection(stream, ended.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => accept_failed(&error).await,
            }
        }
        drop((listener, ending));
        let ended = tokio::time::timeout(self.caps.shutdown, async {
            connections.close();
            connections.wait().await;
            self.tasks.close();
            self.tasks.wait().await;
        });
        Served {
            complete: ended.await.is_ok(),
            requests: self.metrics.answered(),
            shed: self.metrics.shed.get(),
            connections: self.metrics.connections.get(),
        }
    }

    /// Serves one connection until it has lasted long enough, or all have to end; then the reply
    /// under way is finished and no further request is read.
    async fn connection(self: Arc<Self>, stream: TcpStream, mut ending: watch::Receiver<()>) {
        let (http1, caps) = (self.caps.http1(), self.caps);
        let service = service_fn(move |request| http::answer(Arc::clone(&self), request));
        let mut connection = pin!(http1.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            // How a client went away is of no interest.
            _ = connection.as_mut() => return,
            () = tokio::time::sleep(caps.connection) => {}
            _ = ending.changed() => {}
        }
        connection.as_mut().graceful_shutdown();
        drop(tokio::time::timeout(caps.shutdown, connection).await);
    }
}

/// A connection that failed before it was accepted is the client's matter; out of file
/// descriptors, there is nothing to do but wait for one.
async fn accept_failed(error: &io::Error) {
    let clients =
        matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset);
    if !clients {
        tracing::warn!(%error, "cannot accept a connection");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
