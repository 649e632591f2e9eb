//! A small bot that repeats its users' words. Without a flaw it keeps every rule of the exam; each
//! flaw is a mistake that real bots make.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use four_ways::platform::{Account, Mode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use wechat::reply::{TEXT_LIMIT, split};
use wechat::{AesKey, Envelope, Keys, Kind, Message, OpenError, Query, Reply, Rotation, Token};

pub const TOKEN: &str = "token-bot";
pub const KEY: &str = "four0ways0four0ways0four0ways0four0ways0abc";
/// The text for which the bot needs long.
pub const SLOW: &str = "slow";

/// What is wrong with a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// Looks for its fields with string functions and believes everything.
    Naive,
    /// Answers 500 to whatever is not a text in the usual form.
    Brittle,
    /// Fails at every message.
    Down,
    /// Fails without `openid`.
    OpenId,
    /// Answers nothing for a second after something odd: it has a supervisor.
    Fragile,
    /// Answers nothing any more after something odd.
    Mortal,
    /// Ends its echostr with a line break.
    Newline,
    /// Answers any handshake.
    Trusting,
    /// Sends its AppID in place of its original id.
    AppId,
    /// Milliseconds in CreateTime.
    Milliseconds,
    /// Answers in JSON.
    Json,
    /// Does not cut its texts.
    Long,
    /// Does not split `]]>`.
    Unsplit,
    /// Keeps control characters.
    Control,
    /// Escapes inside CDATA.
    Escaping,
    /// Handles repeats again.
    Forgetful,
    /// Does not answer repeats.
    Terse,
    /// Recognises repeats by MsgId alone.
    MsgIdOnly,
    /// Takes the same words for a repeat.
    SameWords,
    /// Does not keep one user's order.
    Hasty,
    /// Answers when it is ready.
    Patient,
    /// Handles one message at a time.
    Single,
    /// Serves a few connections at a time.
    Narrow,
    /// Fails when there are many.
    Overloaded,
    /// Does not encrypt its answers.
    Open,
    /// Knows the padding of PKCS#7 to 16 bytes only.
    Padding,
    /// Does not check msg_signature.
    Unsigned,
    /// Accepts plain messages in every mode.
    Downgrading,
    /// Believes the plain fields of compat mode.
    Outer,
    /// Does not compare the AppID.
    AnyApp,
    /// Says what exactly is wrong with an encrypted message.
    Talkative,
}

pub struct Bot {
    flaw: Flaw,
    account: Account,
    envelope: Envelope,
    /// One user's messages wait for each other; with a flaw, all do.
    users: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    answers: Mutex<HashMap<String, String>>,
    bodies: Mutex<HashMap<String, Vec<u8>>>,
    under_way: AtomicUsize,
    /// When it met something odd.
    died: Mutex<Option<Instant>>,
}

type Answered = (u16, String);

impl Bot {
    /// A bot that runs until the runtime ends; returns the account for which it answers.
    pub async fn start(flaw: Flaw, mode: Mode) -> Account {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let account = Account { mode, ..Account::new(url, TOKEN) };
        let key = AesKey::parse(KEY).expect("a key");
        let keys = Keys { app_id: account.app_id.clone(), keys: Rotation::new(key) };
        let theirs = match account.mode {
            Mode::Plain => wechat::Mode::Plain,
            Mode::Compat(_) => wechat::Mode::Compat(keys),
            Mode::Safe(_) => wechat::Mode::Safe(keys),
        };
        let bot = Arc::new(Self {
            flaw,
            account: account.clone(),
            envelope: Envelope::new(Token::new(TOKEN), theirs),
            users: Mutex::default(),
            answers: Mutex::default(),
            bodies: Mutex::default(),
            under_way: AtomicUsize::new(0),
            died: Mutex::default(),
        });
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let connection = Arc::clone(&bot).connection(stream);
                if flaw == Flaw::Narrow { connection.await } else { drop(tokio::spawn(connection)) }
            }
        });
        account
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(move |request| Arc::clone(&self).serve(request));
        drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
    }

    fn is_dead(&self, odd: bool) -> bool {
        let mut died = self.died.lock().unwrap_or_else(PoisonError::into_inner);
        if odd {
            *died = Some(Instant::now());
        }
        died.is_some_and(|at| match self.flaw {
            Flaw::Fragile => at.elapsed() < Duration::from_secs(1),
            flaw => flaw == Flaw::Mortal,
        })
    }

    async fn serve(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let query = head.uri.query().unwrap_or_default().to_owned();
        let odd = body.len() > 16 * 1024 || body.windows(9).any(|part| part == b"<!DOCTYPE");
        if self.is_dead(odd) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let many = self.under_way.fetch_add(1, Ordering::SeqCst) > 20;
        // Long enough that those who come together are seen together.
        if self.flaw == Flaw::Overloaded {
            sleep(Duration::from_millis(20)).await;
        }
        let (status, text) = match self.flaw {
            Flaw::Down if head.method == Method::POST => (500, String::new()),
            Flaw::OpenId if !query.contains("&openid=") => (500, String::new()),
            Flaw::Overloaded if many => (500, String::new()),
            Flaw::Naive => self.naive(&query, &body),
            _ => Arc::clone(&self).answer(&head.method, &query, &body).await,
        };
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status.try_into().expect("a status");
        Ok(response)
    }

    async fn answer(self: Arc<Self>, method: &Method, query: &str, body: &[u8]) -> Answered {
        if self.flaw == Flaw::Brittle && !usual(body) && method == Method::POST {
            return (500, "cannot read undefined".to_owned());
        }
        if method == Method::GET {
            return self.handshake(query);
        }
        if method != Method::POST {
            return (405, String::new());
        }
        let message = match self.open(query, body) {
            Ok(opened) => opened,
            Err(refused) => return refused,
        };
        let rest = Arc::clone(&self).handle(message, query.to_owned());
        let limit = match self.flaw {
            Flaw::Patient => Duration::from_secs(60),
            _ => Duration::from_millis(1500),
        };
        // The work goes on when the deadline has answered.
        match timeout(limit, tokio::spawn(rest)).await {
            Ok(answer) => (200, answer.expect("no panic")),
            Err(_) => (200, "success".to_owned()),
        }
    }

    fn handshake(&self, query: &str) -> Answered {
        if self.flaw == Flaw::Trusting {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let echo = pairs.filter(|(name, _)| *name == "echostr").map(|(_, value)| value);
            return (200, echo.collect());
        }
        let Ok(query) = Query::parse(query) else { return (400, String::new()) };
        match self.envelope.handshake(&query) {
            Ok(echo) if self.flaw == Flaw::Newline => (200, format!("{echo}\n")),
            Ok(echo) => (200, echo.to_owned()),
            Err(error) => (error.status(), String::new()),
        }
    }

    fn open(&self, text: &str, body: &[u8]) -> Result<Message, Answered> {
        let query = Query::parse(text).map_err(|_| (400, String::new()))?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        if query.seconds().abs_diff(now.as_secs()) > 300 {
            return Err((403, String::new()));
        }
        if let Some(message) = self.opened_wrongly(body) {
            return Ok(message);
        }
        let opened =
            self.envelope.open(&query, body).map_err(|error| match (self.flaw, &error) {
                (Flaw::Talkative, OpenError::Refused) if body.len() < 400 => {
                    (403, "too short".to_owned())
                }
                _ => (error.status(), String::new()),
            })?;
        if !self.envelope.encrypts() {
            let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
            let first = bodies
                .entry(opened.verified.signature().to_string())
                .or_insert_with(|| body.into());
            if first != body {
                return Err((403, String::new()));
            }
        }
        if self.flaw == Flaw::Padding {
            let whole = 20 + 400 + self.account.app_id.len() + opened.message.from.len();
            // As good as any: some lengths are refused.
            if (whole + body.len()) % 32 < 16 && self.envelope.encrypts() {
                return Err((403, String::new()));
            }
        }
        Ok(opened.message)
    }

    /// What a bot with too few checks makes of an encrypted body.
    fn opened_wrongly(&self, body: &[u8]) -> Option<Message> {
        let text = str::from_utf8(body).ok()?;
        let encrypted = between(text, "<Encrypt><![CDATA[", "]]>");
        let key = AesKey::parse(KEY).expect("a key");
        let decrypt = |app_id: &str| {
            let plain = key.decrypt(encrypted?, app_id).ok()?;
            Message::parse(plain.as_bytes()).ok()
        };
        match self.flaw {
            // What was changed cannot be decrypted, or is something else. Here: a usual message.
            Flaw::Unsigned => decrypt(&self.account.app_id).or_else(|| {
                let plain = "<xml><ToUserName>gh_466f75725761</ToUserName><FromUserName>x\
                             </FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>\
                             <Content>?</Content></xml>";
                let mut message = Message::parse(plain.as_bytes()).ok()?;
                message.from = between(text, "<FromUserName><![CDATA[", "]]>")?.to_owned();
                Some(message)
            }),
            Flaw::AnyApp => decrypt("wxsomebodyelse"),
            Flaw::Downgrading if encrypted.is_none() => Message::parse(body).ok(),
            Flaw::Outer => Message::parse(body).ok(),
            _ => None,
        }
    }

    async fn handle(self: Arc<Self>, message: Message, query: String) -> String {
        let turn = match self.flaw {
            Flaw::Single => "everybody",
            _ => &message.from,
        };
        let turn = {
            let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(users.entry(turn.to_owned()).or_default())
        };
        let turn = match self.flaw {
            Flaw::Hasty => None,
            _ => Some(turn.lock().await),
        };
        let key = match (self.flaw, &message.kind) {
            (Flaw::MsgIdOnly, _) => format!("{:?}", message.id),
            (Flaw::SameWords, Kind::Text { content }) => format!("{} {content}", message.from),
            _ => format!("{:?}", message.key()),
        };
        let stored = |bot: &Self| {
            let answers = bot.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.get(&key).cloned()
        };
        match stored(&self) {
            Some(_) if matches!(self.flaw, Flaw::Terse | Flaw::MsgIdOnly | Flaw::SameWords) => {
                return "success".to_owned();
            }
            Some(answer) if self.flaw != Flaw::Forgetful => return answer,
            _ => {}
        }
        let Kind::Text { content } = &message.kind else { return "success".to_owned() };
        if content == SLOW {
            sleep(Duration::from_secs(if self.flaw == Flaw::Patient { 7 } else { 3 })).await;
        }
        let answer = self.reply(&message, content, &query);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(key, answer.clone());
        drop(turn);
        answer
    }

    fn reply(&self, message: &Message, content: &str, query: &str) -> String {
        let said = format!("you said: {content}");
        let cut = split(&said, TEXT_LIMIT).next().unwrap_or_default();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        let reply = Reply::text(cut).expect("not empty and not too long");
        let plain = reply.render(message, now.as_secs());
        let (plain, random) = match self.flaw {
            Flaw::Json => return format!("{{\"Content\": {cut:?}}}"),
            Flaw::AppId => (plain.replace(&message.to, &self.account.app_id), [1; 16]),
            Flaw::Milliseconds => (plain.replace("</CreateTime>", "000</CreateTime>"), [1; 16]),
            Flaw::Long => (plain.replace(cut, &said), [1; 16]),
            Flaw::Unsplit => (plain.replace("]]]]><![CDATA[>", "]]>"), [1; 16]),
            // So it shows that a message was handled again.
            Flaw::Forgetful => (plain.replace("you", &format!("{}: you", draw())), [1; 16]),
            // Its reader has left them out already.
            Flaw::Control if content == "ab" => (plain.replace("ab", "a\u{1d}b"), [1; 16]),
            Flaw::Escaping => (plain.replace('&', "&amp;"), [1; 16]),
            _ => (plain, [1; 16]),
        };
        let (Mode::Compat(key) | Mode::Safe(key), false) =
            (&self.account.mode, self.flaw == Flaw::Open)
        else {
            return plain;
        };
        let encrypted = key.encrypt(&plain, &self.account.app_id, random);
        let nonce = Query::parse(query).map(|query| query.nonce).unwrap_or_default();
        let timestamp = now.as_secs().to_string();
        let token = &self.account.token;
        let signature = wechat::signature::sign_message(token, &timestamp, &nonce, &encrypted);
        format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature>{signature}\
             </MsgSignature><TimeStamp>{timestamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        )
    }

    /// A bot as in many a blog.
    fn naive(&self, query: &str, body: &[u8]) -> Answered {
        if let Some((_, echo)) = query.split_once("echostr=") {
            return (200, echo.to_owned());
        }
        let body = String::from_utf8_lossy(body);
        let field = |name: &str| {
            between(&body, &format!("<{name}><![CDATA["), &format!("]]></{name}>"))
                .or_else(|| between(&body, &format!("<{name}>"), "</"))
                .unwrap_or_default()
        };
        let (user, account, words) = (field("FromUserName"), field("ToUserName"), field("Content"));
        let reply = format!(
            "<xml><ToUserName><![CDATA[{user}]]></ToUserName>\
             <FromUserName><![CDATA[{account}]]></FromUserName><CreateTime>1</CreateTime>\
             <MsgType>text</MsgType><Content><![CDATA[you said: {words}]]></Content></xml>"
        );
        (200, reply)
    }
}

/// Another number each time.
fn draw() -> usize {
    static DRAWN: AtomicUsize = AtomicUsize::new(0);
    DRAWN.fetch_add(1, Ordering::Relaxed)
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// A text as WeChat sends most of them.
fn usual(body: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(body) else { return false };
    let words = between(text, "<Content><![CDATA[", "]]></Content>");
    let plain = |words: &str| {
        !words.is_empty() && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ')
    };
    text.starts_with("<xml><ToUserName>")
        && text.contains("<Encrypt>")
            | words.is_some_and(|words| plain(words) && !words.trim().is_empty())
}
