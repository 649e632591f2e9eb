//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::ends::End;
use super::http::{self, Side};
use super::places::Seat;
use super::service::Server;
use super::stream::Watched;

/// Serves a connection until one of the two sides ends it. When it is old, or the server ends, each
/// answer from then on is the last, and who begins no request within the grace is sent away. hyper's
/// own graceful end would cut off a request of which only a part has arrived.
pub async fn serve(
    server: Arc<Server>,
    side: Side,
    stream: TcpStream,
    seat: Arc<Seat>,
    mut ending: watch::Receiver<()>,
) -> End {
    let caps = server.caps;
    let stream = Watched::new(stream, Arc::clone(&seat), caps.write);
    let is_last = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        seat.asked();
        let (server, seat, is_last) =
            (Arc::clone(&server), Arc::clone(&seat), Arc::clone(&is_last));
        async move {
            let answer = http::answer(&server, side, request).await;
            seat.answered();
            let is_last = is_last.load(Ordering::Relaxed);
            Ok::<_, Infallible>(if is_last { http::closing(answer) } else { answer })
        }
    });
    let mut connection = pin!(caps.http1().serve_connection(TokioIo::new(stream), service));
    let mut age = pin!(sleep(caps.connection));
    let mut idle = pin!(sleep(caps.idle));
    // How long it may be idle, at first and when it is to end; and from when on that counts.
    let (mut patience, mut counted) = (caps.idle, Instant::now());
    let mut why = None;
    let mut is_closing = false;
    loop {
        let asked = tokio::select! {
            biased;
            // Before the request that has arrived with it, whose answer is then the last.
            _ = ending.changed(), if why.is_none() => Some(End::Shutdown),
            // What has arrived is read before the rest: whoever has begun a request is not idle.
            ended = connection.as_mut() => return why.unwrap_or_else(|| End::of(&ended)),
            () = seat.left(), if !is_closing => {
                why = Some(End::GaveWay);
                is_closing = true;
                None
            }
            () = age.as_mut() => match why {
                None => Some(End::Age),
                Some(_) => return End::Cut,
            },
            () = idle.as_mut(), if !is_closing => {
                let now = Instant::now();
                match seat.idle_since().map(|since| since.max(counted) + patience) {
                    Some(until) if until <= now => {
                        why = why.or(Some(End::Idle));
                        is_closing = true;
                    }
                    until => idle.as_mut().reset(until.unwrap_or(now + patience)),
                }
                None
            }
        };
        if asked.is_some() {
            (why, patience, counted) = (asked, caps.grace, Instant::now());
            is_last.store(true, Ordering::Relaxed);
            idle.as_mut().reset(counted + patience);
            age.as_mut().reset(counted + caps.shutdown);
        }
        if is_closing {
            connection.as_mut().graceful_shutdown();
        }
    }
}
