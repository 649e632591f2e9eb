//! A client that speaks bytes, so that it can also speak them badly, and a server to speak to.

use std::future::pending;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use four_ways::server::{Caps, Listeners, Served, Server};
use kit::Style;
use kit::scenario;
use pipeline::Response;
use pipeline::exchanges::Limits;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wechat::{Token, signature};

/// A server on a thread of its own, with the accounts of the kit.
pub struct Running {
    pub address: SocketAddr,
    /// Where `/metrics` and `/healthz` are.
    pub admin: SocketAddr,
    pub server: Arc<Server>,
    end: oneshot::Sender<()>,
    thread: JoinHandle<Served>,
}

/// Limits that a test can wait for.
pub fn short() -> Caps {
    Caps {
        idle: Duration::from_millis(300),
        head: Duration::from_millis(400),
        arrival: Duration::from_millis(400),
        write: Duration::from_millis(400),
        grace: Duration::from_millis(100),
        shutdown: Duration::from_secs(20),
        ..Caps::default()
    }
}

impl Running {
    pub fn start(style: Style, caps: Caps) -> Self {
        Self::with(style, caps, Limits::default())
    }

    pub fn with(style: Style, caps: Caps, limits: Limits) -> Self {
        let (end, ended) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let accounts = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let admin = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let address = accounts.local_addr().expect("an address");
                let of_admin = admin.local_addr().expect("an address");
                let server = Server::new(style, scenario::accounts(), limits, caps);
                tell.send((address, of_admin, Arc::clone(&server))).expect("the test waits");
                let listeners = Listeners { accounts, admin: Some(admin) };
                server.run(listeners, async { drop(ended.await) }, pending()).await
            })
        });
        let (address, admin, server) = told.recv().expect("the server starts");
        Self { address, admin, server, end, thread }
    }

    pub fn stop(self) -> Served {
        self.end.send(()).expect("the server waits");
        self.thread.join().expect("the server does not panic")
    }
}

/// An answer, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Without `date`: a repeat that comes a second later is otherwise the same.
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// The same as a response of the pipeline.
    pub fn response(&self) -> Response {
        let known = |header: &str, values: &[&'static str]| match self.header(header)[..] {
            [] => None,
            [value] => Some(*values.iter().find(|known| **known == value).expect("known")),
            _ => panic!("{header} is repeated: {}", self.head),
        };
        let types = ["text/plain; charset=utf-8", "text/xml; charset=utf-8"];
        Response {
            status: self.status,
            content_type: known("content-type", &types).expect("a content type"),
            allow: known("allow", &["GET, POST"]),
            body: self.body.clone().into(),
        }
    }
}

/// The bytes of a request.
pub fn request(method: &str, target: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// The path and query of a signed request to `account` of the kit.
pub fn signed(account: &str, nonce: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let timestamp = now.as_secs().to_string();
    let signature = signature::sign(&Token::new(format!("token-{account}")), &timestamp, nonce);
    format!("/wechat/{account}?signature={signature}&timestamp={timestamp}&nonce={nonce}")
}

/// A text message.
pub fn text(user: &str, id: u64, words: &str) -> String {
    message(user, id, &format!("<MsgType>text</MsgType><Content><![CDATA[{words}]]></Content>"))
}

/// A message of any kind.
pub fn message(user: &str, id: u64, fields: &str) -> String {
    format!(
        "<xml><ToUserName>gh_demo</ToUserName><FromUserName>{user}</FromUserName>\
         <CreateTime>{id}</CreateTime><MsgId>{id}</MsgId>{fields}</xml>"
    )
}

/// Sends bytes on a new connection.
pub fn connect(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(bytes).expect("sent");
    stream
}

/// Sends one request and reads its answer.
pub fn ask(address: SocketAddr, method: &str, target: &str, body: &str) -> Answer {
    let mut stream = connect(address, request(method, target, body).as_bytes());
    read(&mut stream, &mut Vec::new()).expect("an answer")
}

/// Reads one answer; what was read beyond it stays in `buffer`. `None` when the connection ends
/// before the first byte of one.
///
/// # Panics
/// When the connection ends inside an answer.
pub fn read(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Option<Answer> {
    loop {
        if let Some((answer, length)) = parse(buffer) {
            buffer.drain(..length);
            return Some(answer);
        }
        let mut part = [0; 4096];
        match stream.read(&mut part) {
            Ok(0) | Err(_) => {
                assert!(buffer.is_empty(), "cut: {:?}", String::from_utf8_lossy(buffer));
                return None;
            }
            Ok(length) => buffer.extend_from_slice(&part[..length]),
        }
    }
}

fn parse(buffer: &[u8]) -> Option<(Answer, usize)> {
    let text = str::from_utf8(buffer).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    let body = rest.get(..length)?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let undated: Vec<_> = head.lines().filter(|line| !line.starts_with("date: ")).collect();
    let answer = Answer { status, head: undated.join("\r\n"), body: body.to_owned() };
    Some((answer, head.len() + 4 + length))
}
