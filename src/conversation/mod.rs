//! The conversation that is part of the program: request XML as WeChat sends it, one file for each
//! message, and the signature of each. Two users of the built-in account meet every unit that
//! decides at once, a repeat, a forgery and a body that was cut off.

mod account;
mod wording;

use std::sync::Arc;
use std::time::Duration;

use pipeline::exchanges::Limits;
use pipeline::{Host, Method, Request};
use wechat::{Token, signature};

pub use account::{NAME, TOKEN, account};
pub use wording::{answer, said};

use crate::hosts::Memory;
use kit::scenario::EPOCH;
use kit::{Delivery, Script};

/// What [`Host::random`] gives first: the number to be guessed is 42.
const DICE: u64 = 41;

/// One request of the conversation.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Who speaks.
    pub who: &'static str,
    /// When it arrives, after [`EPOCH`].
    pub at: Duration,
    /// What arrives.
    pub request: Request,
    /// What is odd about it, in a word or two.
    pub remark: Option<&'static str>,
}

macro_rules! message {
    ($name:literal) => {
        include_str!(concat!("messages/", $name, ".xml"))
    };
}

/// The conversation.
#[must_use]
pub fn turns() -> Vec<Turn> {
    let guess = Turn::new("alice", 100, message!("alice_guesses_25"));
    let repeat =
        Turn { at: Duration::from_secs(105), remark: Some("a repeat, 5 s later"), ..guess.clone() };
    vec![
        Turn::handshake(0, "5837104926603871234"),
        Turn::new("alice", 10, message!("alice_subscribes")),
        Turn::new("alice", 20, message!("alice_says_hello")),
        Turn::new("bob", 30, message!("bob_asks_for_the_weather")),
        Turn::speech(),
        Turn::new("bob", 50, message!("bob_sends_a_picture")),
        Turn::new("alice", 60, message!("alice_taps_the_menu")),
        Turn::new("alice", 70, message!("alice_starts_a_game")),
        Turn::new("alice", 80, message!("alice_guesses_50")),
        Turn::new("bob", 90, message!("bob_says_hello")),
        guess,
        repeat,
        Turn::new("alice", 120, message!("alice_speaks_42")),
        Turn::forgery(),
        Turn::new("bob", 140, message!("cut_off")),
        Turn::new("bob", 150, message!("bob_is_not_understood")),
        Turn::new("alice", 160, message!("alice_says_thanks")),
    ]
}

/// A conversation of one text message.
#[must_use]
pub fn text(content: &str) -> Turn {
    let content = content.replace("]]>", "]]]]><![CDATA[>");
    let created = EPOCH.as_secs();
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_466f75725761]]></ToUserName>\n\
         <FromUserName><![CDATA[oFourWaysAlice_2sgVt7hMZOPfL]]></FromUserName>\n\
         <CreateTime>{created}</CreateTime>\n\
         <MsgType><![CDATA[text]]></MsgType>\n\
         <Content><![CDATA[{content}]]></Content>\n\
         <MsgId>24017000000000001</MsgId>\n\
         </xml>\n"
    );
    Turn::new("alice", 0, &body)
}

/// A conversation of one tap on the menu item with this key.
#[must_use]
pub fn tap(key: &str) -> Turn {
    let turn = Turn::new("alice", 0, message!("alice_taps_the_menu"));
    Turn::new("alice", 0, &turn.replaced("EventKey", &format!("<![CDATA[{key}]]>")))
}

/// These turns, for the simulated host of the kit.
#[must_use]
pub fn script(turns: &[Turn]) -> Script {
    let deliveries = turns.iter().map(|turn| Delivery {
        at: turn.at,
        request: turn.request.clone(),
        dice: DICE,
        faults: Vec::new(),
        hangs_up: false,
        try_after: None,
    });
    let (accounts, deliveries) = (vec![account()], deliveries.collect());
    Script { accounts, deliveries, timers_last: false, limits: Limits::default() }
}

/// A new host that answers at once, for the built-in account. The signatures of the conversation
/// are inside its window.
#[must_use]
pub fn memory() -> Arc<dyn Host> {
    Arc::new(Memory::new([account()], EPOCH).drawing_from(DICE))
}

impl Turn {
    fn new(who: &'static str, seconds: u64, body: &str) -> Self {
        Self::post(who, seconds, body, TOKEN)
    }

    /// The same words in a message of its own, signed `seconds` after [`EPOCH`].
    #[must_use]
    pub fn renewed(&self, seconds: u64) -> Self {
        let id = 24_018_000_000_000_000 + seconds;
        Self::new(self.who, seconds, &self.replaced("MsgId", &id.to_string()))
    }

    /// The same words from another user, whose request has a signature of its own.
    #[must_use]
    pub fn from_user(&self, number: u64) -> Self {
        let user = format!("<![CDATA[oFourWays{number:019}]]>");
        let body = self.replaced("FromUserName", &user).into_bytes();
        let query = signed(self.at.as_secs(), 1_000_000_000 + number, TOKEN);
        Self { request: Request { query, body, ..self.request.clone() }, ..self.clone() }
    }

    /// The body with another content of an element.
    fn replaced(&self, element: &str, content: &str) -> String {
        let body = String::from_utf8_lossy(&self.request.body);
        let (start, end) = (format!("<{element}>"), format!("</{element}>"));
        let (head, rest) = body.split_once(&start).unwrap_or((&body, ""));
        let (_, tail) = rest.split_once(&end).unwrap_or_default();
        format!("{head}{start}{content}{end}{tail}")
    }

    /// A question that was spoken and recognised.
    pub(crate) fn speech() -> Self {
        Self::new("alice", 40, message!("alice_speaks"))
    }

    /// A message of somebody who does not know the token.
    pub(crate) fn forgery() -> Self {
        Self::forged("mallory", 130, message!("forged"))
    }

    /// A message that was signed with another token.
    fn forged(who: &'static str, seconds: u64, body: &str) -> Self {
        let turn = Self::post(who, seconds, body, "guessed");
        Self { remark: Some("forged"), ..turn }
    }

    fn post(who: &'static str, seconds: u64, body: &str, token: &str) -> Self {
        let query = signed(seconds, nonce(seconds), token);
        let body = body.as_bytes().to_vec();
        let request = Request { method: Method::Post, account: NAME.to_owned(), query, body };
        Self { who, at: Duration::from_secs(seconds), request, remark: None }
    }

    /// WeChat's check of the server.
    pub(crate) fn handshake(seconds: u64, echostr: &str) -> Self {
        let query = format!("{}&echostr={echostr}", signed(seconds, nonce(seconds), TOKEN));
        let body = Vec::new();
        let request = Request { method: Method::Get, account: NAME.to_owned(), query, body };
        Self { who: "WeChat", at: Duration::from_secs(seconds), request, remark: None }
    }
}

/// A query string that is signed when the request is sent.
fn signed(seconds: u64, nonce: u64, token: &str) -> String {
    let timestamp = (EPOCH.as_secs() + seconds).to_string();
    let nonce = nonce.to_string();
    let signature = signature::sign(&Token::new(token), &timestamp, &nonce);
    format!("signature={signature}&timestamp={timestamp}&nonce={nonce}")
}

/// The nonce of a request that is sent then.
fn nonce(seconds: u64) -> u64 {
    1_930_000_000 + seconds * 7_919
}
