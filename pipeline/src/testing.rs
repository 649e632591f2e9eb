//! For the tests of rules and units: a host with a clock, random numbers and a log. The tests use
//! nothing else of it, because no rule waits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use wechat::{Envelope, Message, Mode, Reply, Token, signature};

use crate::account::{Account, Keyword, Match};
use crate::context::Context;
use crate::event::{LogLine, Pushed};
use crate::exchange::{Begun, Exchange, LeaseId, Record};
use crate::host::{Host, Work};
use crate::pending::Pending;
use crate::request::{Method, Request};

/// The time of the clock, in seconds since 1970.
pub(crate) const NOW: u64 = 1_700_000_000;

/// How long the host has been there.
pub(crate) const UP: Duration = Duration::from_secs(3_600);

/// The random number.
pub(crate) const DICE: u64 = 41;

#[derive(Default)]
pub(crate) struct Desk(pub(crate) Mutex<Vec<LogLine>>, pub(crate) Mutex<Vec<Pushed>>);

impl Host for Desk {
    fn account(&self, _name: &str) -> Pending<Option<Arc<Account>>> {
        Pending::never()
    }

    fn begin(&self, _exchange: Exchange) -> Pending<Begun> {
        Pending::never()
    }

    fn commit(&self, _lease: LeaseId, _record: Record) -> Pending<()> {
        Pending::never()
    }

    fn abort(&self, _lease: LeaseId) -> Pending<()> {
        Pending::never()
    }

    fn sleep(&self, _duration: Duration) -> Pending<()> {
        Pending::never()
    }

    fn spawn(&self, _work: Work) {}

    fn now(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn elapsed(&self) -> Duration {
        UP
    }

    fn random(&self) -> u64 {
        DICE
    }

    fn log(&self, line: LogLine) {
        self.0.lock().expect("whole").push(line);
    }

    fn release(&self, _lease: LeaseId) {}

    fn pushed(&self, pushed: Pushed) {
        self.1.lock().expect("whole").push(pushed);
    }
}

/// An account on which everything is on.
pub(crate) fn account() -> Account {
    let keyword = |matches, pattern: &str, reply: &str| {
        let reply = Reply::text(reply).expect("short");
        Keyword { matches, pattern: pattern.to_owned(), reply }
    };
    Account {
        name: "demo".into(),
        envelope: Envelope::new(Token::new("token"), Mode::Plain),
        window: Some(Duration::from_secs(300)),
        welcome: Some(Reply::text("welcome").expect("short")),
        units: ["profile", "guess", "later", "weather", "ask", "articles"]
            .map(str::to_owned)
            .to_vec(),
        credentials: Some(crate::Credentials {
            app_id: "wx1".to_owned(),
            secret: wechat::Secret::new("hush"),
        }),
        models: ["small", "large"].map(str::to_owned),
        keywords: vec![
            keyword(Match::Fuzzy, "sun", "fuzzy"),
            keyword(Match::Exact, "sunny", "exact"),
            keyword(Match::Exact, "sunny", "too late"),
        ],
        late: crate::Late::Success,
    }
}

/// A query signed at `seconds`.
pub(crate) fn query(seconds: u64) -> String {
    let timestamp = seconds.to_string();
    let signature = signature::sign(&Token::new("token"), &timestamp, "42");
    format!("signature={signature}&timestamp={timestamp}&nonce=42")
}

/// The context of a request to [`account`], after that layer.
pub(crate) fn context(method: Method, query: String, body: &str) -> Context {
    let request = Request { method, account: "demo".to_owned(), query, body: body.into() };
    let mut ctx = Context::new(Arc::new(Desk::default()), request);
    ctx.account = Some(Arc::new(account()));
    ctx
}

/// A body of this type, with these fields and the fields that every message has.
pub(crate) fn body(kind: &str, fields: &str) -> String {
    format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>alice</FromUserName>\
         <CreateTime>7</CreateTime><MsgType>{kind}</MsgType>{fields}</xml>"
    )
}

/// The context in which units are asked about a message.
pub(crate) fn asked(kind: &str, fields: &str) -> Context {
    let body = body(kind, fields);
    let mut ctx = context(Method::Post, query(NOW), &body);
    ctx.message = Some(Message::parse(body.as_bytes()).expect("well-formed"));
    ctx
}

/// The context in which units are asked about a text.
pub(crate) fn said(text: &str) -> Context {
    asked("text", &format!("<Content>{text}</Content><MsgId>1</MsgId>"))
}
