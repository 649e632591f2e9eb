//! The server that is examined: how it is reached, and what is known of it.

use std::mem::{Discriminant, discriminant};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use wechat::signature;

use super::exchange::{Exchange, Stop};
use crate::platform::answer::Asked;
use crate::platform::chain::PATIENCE;
use crate::platform::push::{self, Answer, Request};
use crate::platform::{Account, Fault, http};

/// How long to wait before a server that is gone is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// The server that is examined.
pub struct Candidate {
    /// The account for which it answers.
    pub account: Account,
    /// A text to which it replies.
    pub say: String,
    /// A text for whose answer it needs more than 5 s.
    pub slow: Option<String>,
    /// How many users write at once.
    pub users: usize,
    /// The fault of its usual reply, if there is one.
    usual: OnceLock<Discriminant<Fault>>,
    serial: AtomicU64,
}

/// A message that is ready to be sent, perhaps after a change.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What is sent.
    pub request: Request,
    /// What its answer is measured by.
    pub asked: Asked,
}

impl Candidate {
    /// A server for `account` that replies to `hello`. MsgIds and nonces are counted from `serial`:
    /// take another one for each exam of the same server.
    #[must_use]
    pub fn new(account: Account, serial: u64) -> Self {
        let serial = AtomicU64::new(serial);
        let (say, usual) = ("hello".to_owned(), OnceLock::new());
        Self { account, say, slow: None, users: 200, usual, serial }
    }

    /// Whether anybody listens at its URL.
    pub async fn is_there(&self) -> bool {
        self.connect(b"").await.is_ok()
    }

    /// Whether a handshake is answered within 5 s, whatever the answer is: a supervisor may be
    /// starting the server again. A server that is about to end still takes connections.
    pub(super) async fn returns(&self) -> bool {
        let answering = async {
            while self.request(self.handshake("1")).await.answer.is_err() {
                sleep(PAUSE).await;
            }
        };
        timeout(PATIENCE, answering).await.is_ok()
    }

    /// Looks at its usual reply. If that is already at fault, one check says so; the others look at
    /// what they are about, and do not fail for the same reason.
    pub(super) async fn meet(&self) {
        let exchange = self.ask(&self.greeting()).await;
        if let Ok(Some(fault)) = exchange.fault() {
            // It is met once.
            let _ = self.usual.set(discriminant(&fault));
        }
    }

    /// A number that comes once.
    pub(super) fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// The OpenID of a user who has not written yet.
    pub(super) fn user(&self) -> String {
        format!("oExam{:023}", self.serial())
    }

    /// The XML of a message with these fields; `MsgId` is added unless they name an event.
    pub(super) fn xml(&self, user: &str, fields: &str) -> String {
        let account = &self.account.original_id;
        let created = now().as_secs();
        let id = match fields.contains("<Event>") {
            true => String::new(),
            false => format!("<MsgId>{}</MsgId>", self.serial()),
        };
        format!(
            "<xml><ToUserName><![CDATA[{account}]]></ToUserName>\
             <FromUserName><![CDATA[{user}]]></FromUserName>\
             <CreateTime>{created}</CreateTime>{fields}{id}</xml>"
        )
    }

    /// The text message with these words, which are not escaped.
    pub(super) fn text(&self, user: &str, words: &str) -> String {
        let text = "<MsgType><![CDATA[text]]></MsgType>";
        self.xml(user, &format!("{text}<Content><![CDATA[{words}]]></Content>"))
    }

    /// A request with this body, signed and encrypted as the account's mode says.
    pub(super) fn letter(&self, user: &str, xml: &str) -> Letter {
        self.letter_at(user, xml, now())
    }

    /// The same, signed at another time.
    pub(super) fn letter_at(&self, user: &str, xml: &str, now: Duration) -> Letter {
        let request = push::push(&self.account, user, xml, now, self.serial());
        Letter { request, asked: Asked::by(xml, user, &self.account) }
    }

    /// The text to which the server replies, from a new user.
    pub(super) fn greeting(&self) -> Letter {
        self.letter_for(&self.account)
    }

    /// The same, sent as if the account had other settings.
    pub(super) fn letter_for(&self, account: &Account) -> Letter {
        let user = self.user();
        let xml = self.text(&user, &self.say);
        let request = push::push(account, &user, &xml, now(), self.serial());
        Letter { request, asked: Asked::by(&xml, &user, account) }
    }

    /// A handshake with this `echostr`.
    pub(super) fn handshake(&self, echo: &str) -> Request {
        push::handshake(&self.account, echo, now(), self.serial())
    }

    /// Sends a letter and waits for the answer as long as WeChat does.
    pub(super) async fn ask(&self, letter: &Letter) -> Exchange<'_> {
        let begin = Instant::now();
        let answer = match timeout(PATIENCE, http::send(letter.request.clone())).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(late()),
        };
        let asked = letter.asked.clone();
        let (account, took) = (&self.account, begin.elapsed());
        let (sent, usual) = (shown(&letter.request), self.usual.get().copied());
        Exchange { account, usual, sent, asked, answer, took }
    }

    /// Sends a request that is no message.
    pub(super) async fn request(&self, request: Request) -> Exchange<'_> {
        let asked = Asked::by("", "", &self.account);
        self.ask(&Letter { request, asked }).await
    }

    /// The greeting of a new user must be replied to; nothing can be said about the replies of a
    /// server that does not.
    pub(super) async fn replies(&self) -> Result<Exchange<'_>, Stop> {
        let exchange = self.ask(&self.greeting()).await;
        match exchange.accepted()? {
            Some(_) => Ok(exchange),
            None => Err(Stop::Skipped("the server gives no reply: choose a text with --say")),
        }
    }

    /// Still answers, after something odd.
    pub(super) async fn alive(&self) -> Result<(), Stop> {
        self.ask(&self.greeting()).await.accepted().map(drop)
    }

    /// Opens a connection and sends bytes as they are.
    pub(super) async fn connect(&self, bytes: &[u8]) -> Result<TcpStream, Stop> {
        let address = self.account.url.strip_prefix("http://").unwrap_or_default();
        let address = address.split(['/', '?']).next().unwrap_or_default();
        let port = if address.contains(':') { "" } else { ":80" };
        let connected = async {
            let mut stream = TcpStream::connect(format!("{address}{port}")).await?;
            stream.write_all(bytes).await?;
            Ok::<_, std::io::Error>(stream)
        };
        connected.await.map_err(|error| Stop::failed(format!("no connection: {error}")))
    }

    /// Sends a request whose body is not text, and reads the status of the answer.
    pub(super) async fn ask_bytes(&self, letter: &Letter, body: &[u8]) -> Exchange<'_> {
        let begin = Instant::now();
        let answer = async {
            let mut bytes = head(&letter.request.url, body.len()).into_bytes();
            bytes.extend_from_slice(body);
            let mut stream = self.connect(&bytes).await.map_err(|_| "no connection".to_owned())?;
            let mut answer = Vec::new();
            // A server may close the connection without reading all.
            drop(stream.read_to_end(&mut answer).await);
            read(&answer).ok_or_else(|| "the connection ended without an answer".to_owned())
        };
        let answer = timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(late()));
        let sent = format!("POST {}\n\n{}", letter.request.url, body.escape_ascii());
        let asked = letter.asked.clone();
        let (account, usual) = (&self.account, self.usual.get().copied());
        Exchange { account, usual, sent, asked, answer, took: begin.elapsed() }
    }
}

/// Now, since 1970.
pub(super) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// The head of a request after which the connection is closed.
pub(super) fn head(url: &str, length: usize) -> String {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!(
        "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/xml\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

fn late() -> String {
    "no answer within 5 s".to_owned()
}

fn shown(request: &Request) -> String {
    let Request { method, url, body } = request;
    format!("{method} {url}\n\n{body}")
}

/// The status and the body of an answer whose connection has ended.
fn read(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&bytes[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: bytes[end + 4..].to_vec() })
}

/// A URL with another value of a query parameter.
pub(super) fn with(url: &str, name: &str, value: &str) -> String {
    changed(url, name, |_| Some(format!("{name}={value}")))
}

/// A URL without a query parameter.
pub(super) fn without(url: &str, name: &str) -> String {
    changed(url, name, |_| None)
}

/// The value of a query parameter; empty when it is absent.
pub(super) fn value<'a>(url: &'a str, name: &str) -> &'a str {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(each, _)| *each == name).map_or("", |(_, value)| value)
}

fn changed(url: &str, name: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let pairs = query.split('&').filter_map(|pair| match pair.split_once('=') {
        Some((each, _)) if each == name => change(pair),
        _ => Some(pair.to_owned()),
    });
    format!("{base}?{}", pairs.collect::<Vec<_>>().join("&"))
}

impl Letter {
    /// Signs the query anew after a change of timestamp or nonce, and the encrypted text, if there
    /// is one.
    pub(super) fn sign(&mut self, account: &Account) {
        let url = &self.request.url;
        let (timestamp, nonce) = (value(url, "timestamp"), value(url, "nonce"));
        let signature = signature::sign(&account.token, timestamp, nonce);
        let mut signed = with(url, "signature", &signature);
        if let Some(encrypted) = self.encrypted() {
            let signature = signature::sign_message(&account.token, timestamp, nonce, encrypted);
            signed = with(&signed, "msg_signature", &signature);
        }
        self.request.url = signed;
    }

    /// The encrypted text.
    pub(super) fn encrypted(&self) -> Option<&str> {
        let (_, rest) = self.request.body.split_once("<Encrypt><![CDATA[")?;
        rest.split_once("]]>").map(|(encrypted, _)| encrypted)
    }
}
