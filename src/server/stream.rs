//! A connection's stream: it notes what its seat is doing, and waits for no client for ever.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::places::Seat;

/// How long, and how much, a client may go on sending after the end.
const LINGER: Duration = Duration::from_secs(1);
const LINGERING: usize = 256 * 1024;

/// A stream that is watched.
pub struct Watched<S> {
    stream: S,
    seat: Arc<Seat>,
    patience: Duration,
    /// When the client must have taken what waits to be written.
    unread: Option<Pin<Box<Sleep>>>,
    linger: Option<Linger>,
}

struct Linger {
    until: Pin<Box<Sleep>>,
    rest: usize,
}

impl<S> Watched<S> {
    /// A stream whose client takes an answer within `patience`.
    pub fn new(stream: S, seat: Arc<Seat>, patience: Duration) -> Self {
        Self { stream, seat, patience, unread: None, linger: None }
    }

    /// Writing goes on, or the client has had its time.
    fn in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() {
            let patience = self.patience;
            let unread = self.unread.get_or_insert_with(|| Box::pin(sleep(patience)));
            ready!(unread.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.seat.asked();
        }
        read
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when it has written an answer whole.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = flushed {
            self.unread = None;
            self.seat.sent();
        }
        self.in_time(cx, flushed)
    }

    /// Ends the sending side, and reads what the client has sent meanwhile: a stream that is
    /// dropped with unread bytes is reset, and the reset may destroy an answer on its way.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            let ended = Pin::new(&mut self.stream).poll_shutdown(cx);
            ready!(self.in_time(cx, ended))?;
        }
        let Self { stream, linger, .. } = &mut *self;
        let linger = linger
            .get_or_insert_with(|| Linger { until: Box::pin(sleep(LINGER)), rest: LINGERING });
        let mut bytes = [0; 4096];
        while linger.rest > 0 {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut *stream).poll_read(cx, &mut buffer) {
                Poll::Pending => {
                    ready!(linger.until.as_mut().poll(cx));
                    break;
                }
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    linger.rest = linger.rest.saturating_sub(buffer.filled().len());
                }
                // The client has left, too.
                Poll::Ready(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
