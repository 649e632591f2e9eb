//! The client of our own, for where there is no wrk: one thread, keep-alive connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::client::{Client, Round};
use crate::request::{TOLD, answer, request};

/// How long one round may take; then it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client on the thread that asks it.
pub struct Own {
    runtime: Runtime,
    /// How many requests there are in a round.
    requests: usize,
    sent: usize,
}

impl Own {
    pub fn new(requests: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, requests, sent: 0 })
    }
}

impl Client for Own {
    fn name(&self) -> &'static str {
        "our own client"
    }

    /// The requests are signed just before the clock starts.
    fn play(&mut self, address: SocketAddr, connections: usize) -> io::Result<Round> {
        let requests = self.requests;
        let mut signed = |count| {
            let first = self.sent;
            self.sent += count;
            (first..self.sent).map(request).collect::<Vec<_>>()
        };
        let (greetings, load) = (signed(connections), signed(requests));
        let in_time =
            async { tokio::time::timeout(PATIENCE, ask_all(address, greetings, load)).await };
        let (time, mut latencies) = self.runtime.block_on(in_time)??;
        latencies.sort_unstable();
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        Ok(Round { time, requests, median: at(0.5), slowest_hundredth: at(0.99) })
    }
}

/// Opens a connection with each greeting; then they share the load. How long that took, and how
/// long each of its answers.
async fn ask_all(
    address: SocketAddr,
    greetings: Vec<Vec<u8>>,
    load: Vec<Vec<u8>>,
) -> io::Result<(Duration, Vec<Duration>)> {
    let mut open = Vec::with_capacity(greetings.len());
    for greeting in greetings {
        let mut connection = Connection::open(address).await?;
        connection.ask(&greeting).await?;
        open.push(connection);
    }
    let mut latencies = Vec::with_capacity(load.len());
    let load = Arc::new(Load { requests: load, taken: AtomicUsize::new(0) });
    let started = Instant::now();
    let mut asking = JoinSet::new();
    for connection in open {
        asking.spawn(connection.ask_share(Arc::clone(&load)));
    }
    while let Some(asked) = asking.join_next().await {
        latencies.extend(asked??);
    }
    Ok((started.elapsed(), latencies))
}

/// Requests that several connections share.
struct Load {
    requests: Vec<Vec<u8>>,
    taken: AtomicUsize,
}

struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
    expected: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(4096), expected: answer().len() })
    }

    /// Takes requests until none is left. How long each answer took.
    async fn ask_share(mut self, load: Arc<Load>) -> io::Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        while let Some(request) = load.requests.get(load.taken.fetch_add(1, Ordering::Relaxed)) {
            let asked = Instant::now();
            self.ask(request).await?;
            latencies.push(asked.elapsed());
        }
        Ok(latencies)
    }

    /// Sends a request and checks its answer.
    async fn ask(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = position(&self.answer, b"\r\n\r\n") else { continue };
            let (head, body) = self.answer.split_at(head + 4);
            // An answer of another length is wrong at once, or never complete.
            if !head.starts_with(b"HTTP/1.1 200 ") || body.len() > self.expected {
                let answer = String::from_utf8_lossy(&self.answer);
                return Err(io::Error::other(format!("a wrong answer: {answer}")));
            }
            if body.len() == self.expected {
                return match position(body, TOLD.as_bytes()) {
                    Some(_) => Ok(()),
                    None => Err(io::Error::other("an answer with other words")),
                };
            }
        }
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
