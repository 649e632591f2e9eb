//! A client that speaks bytes, so that it can also speak them badly.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use four_ways::conversation;
use four_ways::server::sign;
use wechat::{Token, signature};

/// How long a client waits for an answer. Nothing may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    /// Whether the connection ends with it.
    pub is_last: bool,
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// The next answer; `None` when the connection ended before it.
    ///
    /// # Errors
    /// When the connection was reset, the answer is cut, or there is none in time.
    pub fn answer(&mut self) -> io::Result<Option<Answer>> {
        loop {
            if let Some((answer, length)) = parsed(&self.buffer) {
                self.buffer.drain(..length);
                return Ok(Some(answer));
            }
            let mut part = [0; 16 * 1024];
            match self.stream.read(&mut part) {
                Ok(0) if self.buffer.is_empty() => return Ok(None),
                Ok(0) => return Err(io::Error::other("the answer is cut off")),
                Ok(length) => self.buffer.extend_from_slice(&part[..length]),
                // A child process has ended.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// As [`Client::answer`], and when there is none.
    pub fn ask(&mut self, bytes: &[u8]) -> io::Result<Answer> {
        self.send(bytes)?;
        self.answer()?.ok_or_else(|| io::Error::other("a request got no answer"))
    }
}

/// The first answer in these bytes, and its length.
pub fn parsed(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let length = field("content-length: ").and_then(|length| length.parse().ok()).unwrap_or(0);
    let body = bytes.get(end + 4..end + 4 + length)?;
    let answer = Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        body: String::from_utf8_lossy(body).into_owned(),
        is_last: field("connection: ") == Some("close"),
    };
    Some((answer, end + 4 + length))
}

/// The bytes of a rightly signed request to the account `demo`.
pub fn signed(nonce: &str, body: &[u8]) -> Vec<u8> {
    let timestamp = sign::now().as_secs().to_string();
    let signature = signature::sign(&Token::new(conversation::TOKEN), &timestamp, nonce);
    let (name, length) = (conversation::NAME, body.len());
    let head = format!(
        "POST /wechat/{name}?signature={signature}&timestamp={timestamp}&nonce={nonce} HTTP/1.1\r\n\
         Host: x\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A text message.
pub fn text(user: &str, id: usize, words: &str) -> Vec<u8> {
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_demo]]></ToUserName>\
         <FromUserName><![CDATA[{user}]]></FromUserName><CreateTime>{id}</CreateTime>\
         <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content>\
         <MsgId>{id}</MsgId></xml>"
    );
    body.into_bytes()
}

/// A message that is answered, and whether an answer is its own.
pub fn hello(user: &str, id: usize) -> Vec<u8> {
    signed(&format!("{user}n{id}"), &text(user, id, "你好"))
}

/// Whether it is the answer to [`hello`].
pub fn is_greeting(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.contains("你好，很高兴认识你。")
}
