//! The connections of a server, from the first to its end.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use super::http;
use super::service::Server;

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
    /// gives up after [`Caps::shutdown`](super::Caps::shutdown).
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
