//! The client: signed requests over keep-alive connections, every answer checked.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use four_ways::conversation::{self, NAME, TOKEN};
use four_ways::server::sign;
use four_ways::straight;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use wechat::{Token, signature};

/// How many users there are. They take turns, so that nobody waits for their own last message.
const USERS: usize = 10_000;

/// What everybody says.
const WORDS: &str = "hello";

/// How long one round may take; then it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One round of one service.
#[derive(Clone, Copy)]
pub struct Round {
    pub time: Duration,
    pub requests: usize,
    pub median: Duration,
    pub slowest_hundredth: Duration,
}

/// A client on the thread that asks it.
pub struct Client {
    runtime: Runtime,
    sent: usize,
}

impl Client {
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, sent: 0 })
    }

    /// Sends `requests` requests, signed just before the clock starts.
    pub fn play(
        &mut self,
        address: SocketAddr,
        connections: usize,
        requests: usize,
    ) -> io::Result<Round> {
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
                let words = b"<Content><![CDATA[Hello, nice to meet you.]]></Content>";
                return match position(body, words) {
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

/// The request with this number: a new message, signed now.
fn request(id: usize) -> Vec<u8> {
    let now = sign::now().as_secs().to_string();
    let signature = signature::sign(&Token::new(TOKEN), &now, &id.to_string());
    let body = body(id, &now);
    format!(
        "POST /wechat/{NAME}?signature={signature}&timestamp={now}&nonce={id} HTTP/1.1\r\n\
         Host: localhost\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn body(id: usize, now: &str) -> String {
    let user = id % USERS;
    format!(
        "<xml><ToUserName><![CDATA[gh_466f75725761]]></ToUserName>\n\
         <FromUserName><![CDATA[oFourWays{user:019}]]></FromUserName>\n\
         <CreateTime>{now}</CreateTime>\n\
         <MsgType><![CDATA[text]]></MsgType>\n\
         <Content><![CDATA[{WORDS}]]></Content>\n\
         <MsgId>{id}</MsgId>\n\
         </xml>"
    )
}

/// What the styles answer, but for the user and the time: these have the same length in all.
pub fn answer() -> String {
    let asked = conversation::text(WORDS).request;
    straight::handle(&conversation::memory(), asked).body.into_owned()
}
