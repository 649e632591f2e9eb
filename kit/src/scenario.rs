//! Requests, when they arrive, and which operations fail.

use std::fmt;
use std::time::Duration;

use pipeline::exchanges::Limits;
use pipeline::{Account, Credentials, Keyword, Late, Match, Method, Operation, Request};
use wechat::{
    AesKey, Envelope, Keys, Message, MessageKey, Mode, Reply, Rotation, Secret, Token, signature,
};

use crate::kinds::Sample;

/// The time at which every scenario begins, since 1970.
pub const EPOCH: Duration = Duration::from_secs(1_700_000_000);

/// One scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it shows.
    pub name: String,
    /// The requests, in the order of their arrival.
    pub arrivals: Vec<Arrival>,
    /// Timers fire only when nothing else can happen. Then the schedules are exactly the
    /// interleavings of operations, and can be counted.
    pub timers_last: bool,
    /// How much the host remembers.
    pub limits: Limits,
}

/// The input of a run: requests as bytes, and their accounts.
#[derive(Debug, Clone)]
pub struct Script {
    /// The accounts that the host knows.
    pub accounts: Vec<Account>,
    /// The requests, in the order of their arrival.
    pub deliveries: Vec<Delivery>,
    /// As in [`Scenario`].
    pub timers_last: bool,
    /// As in [`Scenario`].
    pub limits: Limits,
}

/// One request of a [`Script`].
#[derive(Debug, Clone)]
pub struct Delivery {
    /// When it arrives, after [`EPOCH`].
    pub at: Duration,
    /// What arrives.
    pub request: Request,
    /// What [`Host::random`](pipeline::Host::random) gives it.
    pub dice: u64,
    /// Which of its operations fail, by their number in the order of submission, from 0.
    pub faults: Vec<(usize, Injected)>,
    /// As in [`Arrival`].
    pub hangs_up: bool,
    /// As in [`Arrival`].
    pub try_after: Option<usize>,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// When it arrives, after [`EPOCH`].
    pub at: Duration,
    /// What arrives, as the model reads it.
    pub said: Said,
    /// What [`Host::random`](pipeline::Host::random) gives it.
    pub dice: u64,
    /// Which of its operations fail, by their number in the order of submission, from 0.
    pub faults: Vec<(usize, Injected)>,
    /// Whether WeChat closes the connection after [`PATIENCE`], if it has no answer then.
    pub hangs_up: bool,
    /// The request of which this is the next try: it arrives if the connection of that one was
    /// closed, and never if that one was answered.
    pub try_after: Option<usize>,
}

/// How long WeChat waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How many tries WeChat sends if none is answered.
pub const TRIES: usize = 3;

/// How an operation is made to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Injected {
    /// Fails without effect. It may work the next time.
    Transient,
    /// Fails without effect, and will always fail.
    Permanent,
    /// Takes effect, but reports a failure.
    Applied,
    /// Never completes.
    Never,
    /// Completes after its request was answered.
    Late,
    /// Is completed a second time.
    Twice,
    /// Completes inside the call that submits it.
    Sync,
    /// Fails inside the call that submits it.
    SyncTransient,
    /// The call that submits it panics.
    Panic,
    /// The request is cancelled while it is under way.
    Cancel,
    /// A service answers with the status 500. This and the next three are for calls only.
    Status,
    /// A service answers with something that is not what it documents.
    Corrupt,
    /// A service answers with an error code, as WeChat's API does: with the status 200.
    ErrorCode,
    /// WeChat no longer knows the ticket of the call.
    Revoked,
}

impl Injected {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Transient,
        Self::Permanent,
        Self::Applied,
        Self::Never,
        Self::Late,
        Self::Twice,
        Self::Sync,
        Self::SyncTransient,
        Self::Panic,
        Self::Cancel,
        Self::Status,
        Self::Corrupt,
        Self::ErrorCode,
        Self::Revoked,
    ];

    /// The kinds that an operation can meet: the ways in which a service answers are for calls.
    #[must_use]
    pub fn of(operation: Operation) -> &'static [Self] {
        let (all, operations) = (Self::ALL.as_slice(), 10);
        if operation == Operation::Call { all } else { &all[..operations] }
    }

    /// Whether it is a way in which a service answers, so that only a call can fail so.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Status | Self::Corrupt | Self::ErrorCode | Self::Revoked)
    }
}

/// A request as the model reads it; its bytes are made from this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The account's name in the path.
    pub account: String,
    /// The user.
    pub user: String,
    /// The message.
    pub what: What,
    /// `MsgId`. For events, the number is added to `CreateTime`.
    pub id: u64,
    /// What is wrong with it, if anything.
    pub flaw: Option<Flaw>,
}

/// What a user sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// `GET` with this `echostr`.
    Handshake(String),
    /// A text.
    Text(String),
    /// A voice message, with the recognised speech.
    Voice(Option<String>),
    /// The user follows.
    Subscribe,
    /// A tap on the menu.
    Click(String),
    /// Anything else; no unit replies to it.
    Other(&'static Sample),
}

/// The key of the accounts with encryption.
const KEY: &str = "four0ways0four0ways0four0ways0four0ways0abc";

/// Their AppID.
const APP_ID: &str = "wxfourways";

/// Whether an account of the kit encrypts.
#[must_use]
pub fn encrypts(account: &str) -> bool {
    matches!(account, "safe" | "compat")
}

/// The plaintext of a body: the body itself, or the text that was encrypted with the kit's key.
/// `None` when the body looks encrypted but is not.
#[must_use]
pub fn decrypted(body: &str) -> Option<String> {
    let Some(rest) = body.strip_prefix("<xml><Encrypt><![CDATA[") else {
        return Some(body.to_owned());
    };
    let (encrypted, rest) = rest.split_once("]]></Encrypt>")?;
    let field = |name: &str| {
        let value = rest.split_once(&format!("<{name}>"))?.1.split_once("</")?.0;
        Some(value.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned())
    };
    let (signed, timestamp, nonce) = (field("MsgSignature")?, field("TimeStamp")?, field("Nonce")?);
    let fits = ["token-safe", "token-compat"].into_iter().any(|token| {
        signature::verify_message(&Token::new(token), &timestamp, &nonce, encrypted, &signed)
    });
    let plain = AesKey::parse(KEY).ok()?.decrypt(encrypted, APP_ID).ok()?;
    fits.then_some(plain)
}

/// What can be wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// `PUT`.
    OtherMethod,
    /// No nonce.
    MissingParameter,
    /// Two nonces.
    RepeatedParameter,
    /// A timestamp of nine digits.
    ShortTimestamp,
    /// A nonce with a dash.
    OddNonce,
    /// A signature under another token.
    WrongSignature,
    /// Signed 301 s ago.
    TooOld,
    /// Signed 301 s ahead.
    TooNew,
    /// Signed 300 s ago. This is still inside the window, so it is accepted.
    BarelyInside,
    /// The signature of an earlier request, with another body.
    ReusedSignature,
    /// `GET` without `echostr`.
    NoEchostr,
    /// More than 64 KiB.
    TooLarge,
    /// Not closed.
    Malformed,
    /// With a DOCTYPE.
    DocType,
    /// Another root.
    WrongRoot,
    /// No `FromUserName`.
    MissingField,
    /// Two `Content`s, or two `MsgType`s if there is no `Content`.
    RepeatedField,
    /// For another account than the one in the path.
    OtherReceiver,
    /// No `msg_signature`. This matters only if the account encrypts.
    MissingMessageSignature,
    /// A wrong `msg_signature`. This matters only if the account encrypts.
    WrongMessageSignature,
    /// Plain, in any mode of the account.
    Downgraded,
    /// Encrypted for another AppID. This matters only if the account encrypts.
    OtherAppId,
}

impl Flaw {
    /// All flaws.
    pub const ALL: [Self; 22] = [
        Self::OtherMethod,
        Self::MissingParameter,
        Self::RepeatedParameter,
        Self::ShortTimestamp,
        Self::OddNonce,
        Self::WrongSignature,
        Self::TooOld,
        Self::TooNew,
        Self::BarelyInside,
        Self::ReusedSignature,
        Self::NoEchostr,
        Self::TooLarge,
        Self::Malformed,
        Self::DocType,
        Self::WrongRoot,
        Self::MissingField,
        Self::RepeatedField,
        Self::OtherReceiver,
        Self::MissingMessageSignature,
        Self::WrongMessageSignature,
        Self::Downgraded,
        Self::OtherAppId,
    ];
}

impl Said {
    /// A message of `user` to the account `demo`.
    #[must_use]
    pub fn new(user: &str, id: u64, what: What) -> Self {
        Self { account: "demo".to_owned(), user: user.to_owned(), what, id, flaw: None }
    }

    /// The request's bytes, as WeChat would send them. The same `Said` always gives the same bytes,
    /// so it is a repeat.
    #[must_use]
    pub fn request(&self) -> Request {
        self.request_at(EPOCH)
    }

    /// The same, signed at `now` (time since 1970), for a host with a clock of its own.
    #[must_use]
    pub fn request_at(&self, now: Duration) -> Request {
        let skew = match self.flaw {
            Some(Flaw::TooOld) => -301,
            Some(Flaw::TooNew) => 301,
            Some(Flaw::BarelyInside) => -300,
            _ => 0,
        };
        let timestamp = now.as_secs().wrapping_add_signed(skew).to_string();
        let nonce = match self.flaw {
            // All reused signatures share this nonce.
            Some(Flaw::ReusedSignature) => "reused".to_owned(),
            Some(Flaw::OddNonce) => format!("odd-{}", self.id),
            _ => format!("{}n{}", self.user, self.id),
        };
        let token = match self.flaw {
            Some(Flaw::WrongSignature) => Token::new("wrong"),
            _ => Token::new(format!("token-{}", self.account)),
        };
        let signature = signature::sign(&token, &timestamp, &nonce);
        let mut query = match self.flaw {
            Some(Flaw::MissingParameter) => format!("signature={signature}&timestamp={timestamp}"),
            Some(Flaw::RepeatedParameter) => {
                format!("signature={signature}&timestamp={timestamp}&nonce={nonce}&nonce={nonce}")
            }
            Some(Flaw::ShortTimestamp) => {
                format!("signature={signature}&timestamp={}&nonce={nonce}", &timestamp[1..])
            }
            _ => format!("signature={signature}&timestamp={timestamp}&nonce={nonce}"),
        };
        let method = match (&self.what, self.flaw) {
            (_, Some(Flaw::OtherMethod)) => Method::Other,
            (What::Handshake(echostr), flaw) => {
                if flaw != Some(Flaw::NoEchostr) {
                    query.push_str("&echostr=");
                    query.push_str(echostr);
                }
                Method::Get
            }
            _ => Method::Post,
        };
        let body = match method {
            Method::Get => Vec::new(),
            Method::Post | Method::Other if encrypts(&self.account) => {
                self.encrypted(&token, &timestamp, &nonce, &mut query).into_bytes()
            }
            Method::Post | Method::Other => self.body().into_bytes(),
        };
        Request { method, account: self.account.clone(), query, body }
    }

    /// The key that identifies a repeat of the message; `None` when it is not a message.
    #[must_use]
    pub fn key(&self) -> Option<MessageKey> {
        Message::parse(self.body().as_bytes()).ok().map(|message| message.key())
    }

    /// The body in compat and safe mode, and the part of the query that belongs to it.
    fn encrypted(&self, token: &Token, timestamp: &str, nonce: &str, query: &mut String) -> String {
        let plain = self.body();
        let Ok(key) = AesKey::parse(KEY) else { return plain };
        let app_id = if self.flaw == Some(Flaw::OtherAppId) { "wxother" } else { APP_ID };
        let encrypted = key.encrypt(&plain, app_id, [7; 16]);
        let mut signed = signature::sign_message(token, timestamp, nonce, &encrypted);
        if self.flaw == Some(Flaw::WrongMessageSignature) {
            signed = signed.chars().rev().collect();
        }
        query.push_str("&encrypt_type=aes");
        if self.flaw != Some(Flaw::MissingMessageSignature) {
            query.push_str("&msg_signature=");
            query.push_str(&signed);
        }
        let outer = format!("<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
        match (self.account.as_str(), self.flaw) {
            (_, Some(Flaw::Downgraded)) => plain,
            // Flaws of fields are inside the encrypted part. In compat mode the fields are outside,
            // too.
            ("compat", None) => plain.replace("</xml>", &outer),
            _ => format!("<xml><ToUserName>{}</ToUserName>{outer}", self.receiver()),
        }
    }

    fn receiver(&self) -> &'static str {
        if self.flaw == Some(Flaw::OtherReceiver) { "gh_other" } else { "gh_demo" }
    }

    fn body(&self) -> String {
        let created = EPOCH.as_secs() + self.id;
        let to = format!("<ToUserName><![CDATA[{}]]></ToUserName>", self.receiver());
        let from = match self.flaw {
            Some(Flaw::MissingField) => String::new(),
            _ => format!("<FromUserName><![CDATA[{}]]></FromUserName>", self.user),
        };
        let id = self.id;
        let (kind, fields) = match &self.what {
            What::Handshake(_) => ("text", String::new()),
            What::Text(text) => {
                ("text", format!("<Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId>"))
            }
            What::Voice(speech) => (
                "voice",
                format!(
                    "<MediaId>m{id}</MediaId><Format>amr</Format><MsgId>{id}</MsgId>\
                     <Recognition><![CDATA[{}]]></Recognition>",
                    speech.as_deref().unwrap_or_default()
                ),
            ),
            What::Subscribe => ("event", "<Event>subscribe</Event><EventKey/>".to_owned()),
            What::Click(key) => {
                ("event", format!("<Event>CLICK</Event><EventKey><![CDATA[{key}]]></EventKey>"))
            }
            What::Other(sample) if sample.is_event() => (sample.kind, sample.fields.to_owned()),
            What::Other(sample) => (sample.kind, format!("{}<MsgId>{id}</MsgId>", sample.fields)),
        };
        let mut body = format!(
            "<xml>{to}{from}<CreateTime>{created}</CreateTime>\
             <MsgType><![CDATA[{kind}]]></MsgType>{fields}</xml>"
        );
        match self.flaw {
            Some(Flaw::TooLarge) => {
                body = body.replace("</xml>", &format!("<Pad>{}</Pad></xml>", "x".repeat(65_536)));
            }
            Some(Flaw::Malformed) => body.truncate(body.len() - "</xml>".len()),
            Some(Flaw::DocType) => body.insert_str(0, "<!DOCTYPE xml>"),
            Some(Flaw::WrongRoot) => body = body.replace("xml>", "html>"),
            Some(Flaw::RepeatedField) => {
                let repeated = if matches!(self.what, What::Text(_)) {
                    "<Content>again</Content></xml>"
                } else {
                    "<MsgType>again</MsgType></xml>"
                };
                body = body.replace("</xml>", repeated);
            }
            _ => {}
        }
        body
    }
}

impl Arrival {
    /// A request without faults.
    #[must_use]
    pub fn new(seconds: u64, said: Said) -> Self {
        let at = Duration::from_secs(seconds);
        Self { at, said, dice: 41, faults: Vec::new(), hangs_up: false, try_after: None }
    }

    /// The same with a fault at its operation number `operation`.
    #[must_use]
    pub fn with_fault(mut self, operation: usize, fault: Injected) -> Self {
        self.faults.push((operation, fault));
        self
    }
}

/// What WeChat sends of these messages, in the order of arrival: a try of each, and after each try that
/// gets no answer another one, three in all. They are the first requests of their scenario.
#[must_use]
pub fn tries(messages: &[Arrival]) -> Vec<Arrival> {
    let waited = |number: usize| PATIENCE * u32::try_from(number).unwrap_or_default();
    let each = messages.iter().enumerate().flat_map(|(of, message)| {
        (0..TRIES).map(move |number| (message.at + waited(number), number, of))
    });
    let mut order: Vec<_> = each.collect();
    order.sort_unstable();
    let arrival = |&(at, number, of): &(Duration, usize, usize)| {
        let before = number.checked_sub(1);
        let try_after = before.and_then(|before| {
            order.iter().position(|(_, other, message)| (*other, *message) == (before, of))
        });
        let faults = if number == 0 { messages[of].faults.clone() } else { Vec::new() };
        Arrival { at, faults, hangs_up: true, try_after, ..messages[of].clone() }
    };
    order.iter().map(arrival).collect()
}

impl Scenario {
    /// The bytes of this scenario.
    #[must_use]
    pub fn script(&self) -> Script {
        let deliveries = self.arrivals.iter().map(|arrival| Delivery {
            at: arrival.at,
            request: arrival.said.request(),
            dice: arrival.dice,
            faults: arrival.faults.clone(),
            hangs_up: arrival.hangs_up,
            try_after: arrival.try_after,
        });
        let Self { timers_last, limits, .. } = *self;
        Script { accounts: accounts(), deliveries: deliveries.collect(), timers_last, limits }
    }

    /// Whether the host has less room or time for sessions than usual, so that it may forget one.
    pub(crate) fn forgets_sessions(&self) -> bool {
        let usual = Limits::default();
        self.limits.bytes < usual.bytes || self.limits.sessions_for < usual.sessions_for
    }

    /// Whether the same is true of answers.
    pub(crate) fn forgets_answers(&self) -> bool {
        let usual = Limits::default();
        self.limits.bytes < usual.bytes || self.limits.kept_for < usual.kept_for
    }

    /// A scenario of these arrivals.
    #[must_use]
    pub fn new(name: impl Into<String>, arrivals: Vec<Arrival>) -> Self {
        Self { name: name.into(), arrivals, timers_last: false, limits: Limits::default() }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "scenario: {}", self.name)?;
        if self.limits != Limits::default() {
            writeln!(formatter, "  {:?}", self.limits)?;
        }
        for (number, arrival) in self.arrivals.iter().enumerate() {
            let Arrival { at, said, dice, faults, hangs_up, try_after } = arrival;
            write!(formatter, "  request {number} at {at:?}, dice {dice}, faults {faults:?}")?;
            if *hangs_up {
                write!(formatter, ", hangs up")?;
            }
            if let Some(before) = try_after {
                write!(formatter, ", the next try of request {before}")?;
            }
            writeln!(formatter)?;
            writeln!(formatter, "    {said:?}")?;
        }
        Ok(())
    }
}

/// The accounts of every scenario. `demo` has everything switched on. `bare` has no welcome, no
/// optional unit, no original id and no time window. `safe` and `compat` are like `demo`, but in
/// those modes. `full` calls WeChat's API for users and articles, `api` for articles only; it has no time window.
/// `push` is like `api` and pushes late answers; `retry` is like `demo` and holds tries open. The token
/// of an account is `token-{name}`.
#[must_use]
pub fn accounts() -> Vec<Account> {
    let keyword = |matches, pattern: &str, reply: &str| {
        let reply = Reply::text(reply).ok()?;
        Some(Keyword { matches, pattern: pattern.to_owned(), reply })
    };
    let keywords: Vec<_> = [
        keyword(Match::Exact, "hello", "Hello yourself."),
        keyword(Match::Exact, "你好", "你好，很高兴认识你。"),
        keyword(Match::Exact, "MENU_HELP", "Say hello, guess or later."),
        keyword(Match::Exact, "evil", "]]></Content><Evil/>"),
        keyword(Match::Fuzzy, "weather", "Sunny, as always."),
        keyword(Match::Fuzzy, "天气", "晴。"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let demo = Account {
        name: "demo".into(),
        envelope: Envelope::new(Token::new("token-demo"), Mode::Plain).with_original_id("gh_demo"),
        window: Some(Duration::from_secs(300)),
        welcome: Reply::text("欢迎！Welcome!").ok(),
        units: ["guess", "later", "weather", "ask"].map(str::to_owned).to_vec(),
        credentials: None,
        models: ["small", "large"].map(str::to_owned),
        keywords,
        late: Late::Success,
    };
    let bare = Account {
        name: "bare".into(),
        envelope: Envelope::new(Token::new("token-bare"), Mode::Plain),
        window: None,
        welcome: None,
        units: Vec::new(),
        ..demo.clone()
    };
    let encrypted = |name: &str, mode: fn(Keys) -> Mode| {
        let key = AesKey::parse(KEY).ok()?;
        let keys = Keys { app_id: APP_ID.to_owned(), keys: Rotation::new(key) };
        let token = Token::new(format!("token-{name}"));
        let envelope = Envelope::new(token, mode(keys)).with_original_id("gh_demo");
        Some(Account { name: name.into(), envelope, ..demo.clone() })
    };
    let full = Account {
        name: "full".into(),
        envelope: Envelope::new(Token::new("token-full"), Mode::Plain).with_original_id("gh_demo"),
        units: ["profile", "guess", "later", "weather", "ask", "articles"]
            .map(str::to_owned)
            .to_vec(),
        credentials: Some(Credentials {
            app_id: APP_ID.to_owned(),
            secret: Secret::new("secret-full"),
        }),
        ..demo.clone()
    };
    let api = Account {
        name: "api".into(),
        envelope: Envelope::new(Token::new("token-api"), Mode::Plain).with_original_id("gh_demo"),
        window: None,
        units: ["guess", "later", "weather", "ask", "articles"].map(str::to_owned).to_vec(),
        credentials: full.credentials.clone(),
        ..demo.clone()
    };
    let plain = |name: &str, late, other: &Account| Account {
        name: name.into(),
        envelope: Envelope::new(Token::new(format!("token-{name}")), Mode::Plain)
            .with_original_id("gh_demo"),
        late,
        ..other.clone()
    };
    let push = plain("push", Late::Push, &api);
    let retry = plain("retry", Late::Retry, &demo);
    let safe = encrypted("safe", Mode::Safe);
    let compat = encrypted("compat", Mode::Compat);
    [demo, bare, full, api, push, retry].into_iter().chain(safe).chain(compat).collect()
}
