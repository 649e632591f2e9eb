//! The connections of a server, from the first to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::connection;
use super::ends::End;
use super::http::Side;
use super::places::{Place, Places};
use super::service::Server;

/// How many connections of the operator's there may be.
const OPERATORS: usize = 64;

/// How often a full server says so: whoever fills the server must not fill its log, too.
const FULL: Duration = Duration::from_secs(10);

/// Where a server listens.
pub struct Listeners {
    /// For WeChat.
    pub accounts: TcpListener,
    /// For the operator: `/metrics` and `/healthz`, which tell accounts and counts.
    pub admin: Option<TcpListener>,
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
    /// Serves until `end` completes; then accepts nothing new, lets what is under way finish, and
    /// gives up after [`Caps::shutdown`](super::Caps::shutdown), or when `at_once` completes.
    pub async fn run(
        self: &Arc<Self>,
        listeners: Listeners,
        end: impl Future<Output = ()>,
        at_once: impl Future<Output = ()>,
    ) -> Served {
        let Listeners { accounts, admin } = listeners;
        let connections = TaskTracker::new();
        // Dropping the sender is the signal that each connection ends with its next answer.
        let (ending, ended) = watch::channel(());
        let serve = async {
            let places = Places::new(self.caps.connections, self.caps.per_address);
            let accounts = self.accept(Side::Accounts, &accounts, places, &connections, &ended);
            let admin = async {
                if let Some(listener) = &admin {
                    let places = Places::new(OPERATORS, OPERATORS);
                    self.accept(Side::Admin, listener, places, &connections, &ended).await;
                }
            };
            tokio::join!(accounts, admin);
        };
        tokio::select! {
            biased;
            () = end => {}
            () = serve => {}
        }
        // The signal first: whoever finds the server closed gets a last answer.
        drop((ending, accounts, admin));
        let ended = tokio::time::timeout(self.caps.shutdown, async {
            connections.close();
            connections.wait().await;
            self.tasks.close();
            self.tasks.wait().await;
        });
        let complete = tokio::select! {
            ended = ended => ended.is_ok(),
            () = at_once => false,
        };
        Served {
            complete,
            requests: self.metrics.answered(),
            shed: self.metrics.shed.get(),
            connections: self.metrics.connections.get(),
        }
    }

    /// Accepts for ever.
    async fn accept(
        self: &Arc<Self>,
        side: Side,
        listener: &TcpListener,
        places: Arc<Places>,
        connections: &TaskTracker,
        ending: &watch::Receiver<()>,
    ) {
        let mut told = None;
        loop {
            let (stream, address) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    accept_failed(&error).await;
                    continue;
                }
            };
            if side == Side::Accounts {
                self.metrics.accepted();
            }
            let place = places.take(address.ip()).await;
            if place.as_ref().is_none_or(Place::was_contested)
                && told.is_none_or(|told: Instant| told.elapsed() >= FULL)
            {
                told = Some(Instant::now());
                let open = places.taken();
                tracing::warn!(address = %address.ip(), open, "too many connections");
            }
            let Some(place) = place else {
                self.ended(side, End::Crowded);
                continue;
            };
            // Replies are small; waiting to fill a packet only delays them.
            drop(stream.set_nodelay(true));
            let connection = Arc::clone(self).connection(side, stream, place, ending.clone());
            connections.spawn(connection);
        }
    }

    async fn connection(
        self: Arc<Self>,
        side: Side,
        stream: TcpStream,
        place: Place,
        ending: watch::Receiver<()>,
    ) {
        let end = connection::serve(Arc::clone(&self), side, stream, place.seat(), ending).await;
        self.ended(side, end);
    }

    fn ended(&self, side: Side, end: End) {
        if side == Side::Accounts {
            self.metrics.ended(end);
        }
    }
}

/// A connection that failed before it was accepted needs no answer. If there are no file
/// descriptors left, the server waits for one.
async fn accept_failed(error: &io::Error) {
    let clients =
        matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset);
    if !clients {
        tracing::warn!(%error, "cannot accept a connection");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
