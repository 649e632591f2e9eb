//! The three modes in which messages travel (消息加解密说明): plain (明文), compat (兼容) and safe
//! (安全). An [`Envelope`] opens what comes in and closes what goes out.

use arrayvec::ArrayString;
use thiserror::Error;

use crate::cipher::{AesKey, Undecryptable, repair};
use crate::error::ParseError;
use crate::fields::Fields;
use crate::message::Message;
use crate::query::{Query, QueryError};
use crate::reply::Reply;
use crate::rotation::{Rotation, Which};
use crate::signature::{self, Claim, Signature, Token};
use crate::tree::Tree;
use crate::{cdata, json, xml};

/// What is needed to open and close the messages of one account.
///
/// The mode is configured and never read from a request. Otherwise an attacker could turn the
/// encryption off by leaving out `encrypt_type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    tokens: Rotation<Token>,
    original_id: Option<String>,
    mode: Mode,
}

/// An account's mode, as it is set in WeChat's console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// 明文: messages and answers are plain. The signature does not cover them.
    Plain,
    /// 兼容: messages come plain and encrypted; only the encrypted part is read.
    Compat(Keys),
    /// 安全: messages come encrypted.
    Safe(Keys),
}

/// The values that encrypt an account's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The AppID. Every encrypted message contains it.
    pub app_id: String,
    /// The current key and, while the key is being changed, the previous one.
    pub keys: Rotation<AesKey>,
}

/// That a request was signed with a token of the account. Only an [`Envelope`] makes one, when it has
/// verified the signature. So no body can be opened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The token itself and not which of the two it was, so that another account does not take it
    /// for its own.
    token: Token,
    signature: Signature,
}

impl Verified {
    /// The signature that was verified: `signature`, or the `msg_signature` of an encrypted message.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

/// An opened message, and how its answer must be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The message; in compat and safe mode the decrypted one.
    pub message: Message,
    /// What [`Envelope::close`] needs to know of the request.
    pub seal: Seal,
    /// That the request was signed.
    pub verified: Verified,
}

/// How the answer to a request must be closed. `None` in plain mode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seal(Option<Encryption>);

/// The token and the key that matched an encrypted request, and its nonce.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Encryption {
    token: Which,
    key: Which,
    nonce: ArrayString<64>,
}

/// Why a request was refused. [`status`](Self::status) says how to answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// The query does not have a parameter that the account's mode needs.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Neither the current nor the previous token gives this signature.
    #[error("the signature is wrong: compare the token with WeChat's console")]
    Signature,
    /// The body, or the message inside it, is not what WeChat sends.
    #[error(transparent)]
    Body(#[from] ParseError),
    /// It cannot be decrypted, or it is for another account. Both are the same error and get the
    /// same answer, because more detail would help only an attacker.
    #[error(
        "the message is not for this account: compare EncodingAESKey, AppID and original id with \
         WeChat's console"
    )]
    Refused,
}

impl OpenError {
    /// The HTTP status to answer with: 400, 403 or 413. WeChat prescribes none.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Body(ParseError::TooLarge(_)) => 413,
            Self::Query(_) | Self::Body(_) => 400,
            Self::Signature | Self::Refused => 403,
        }
    }
}

impl From<Undecryptable> for OpenError {
    fn from(_: Undecryptable) -> Self {
        Self::Refused
    }
}

impl Envelope {
    /// An envelope for an account with this mode and this token. While the token is being changed,
    /// it gets both tokens.
    pub fn new(tokens: impl Into<Rotation<Token>>, mode: Mode) -> Self {
        Self { tokens: tokens.into(), original_id: None, mode }
    }

    /// Refuses messages for another account than the one with this original id (`gh_…`).
    #[must_use]
    pub fn with_original_id(self, original_id: impl Into<String>) -> Self {
        Self { original_id: Some(original_id.into()), ..self }
    }

    /// The account's mode.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Whether messages are encrypted: this is so in compat and safe mode.
    #[must_use]
    pub fn encrypts(&self) -> bool {
        match self.mode {
            Mode::Plain => false,
            Mode::Compat(_) | Mode::Safe(_) => true,
        }
    }

    /// Verifies `signature`, which covers timestamp and nonce only. In plain mode, do this before
    /// the body is read. Compat and safe mode do not need it.
    ///
    /// # Errors
    /// [`OpenError::Signature`].
    pub fn verify(&self, query: &Query<'_>) -> Result<Verified, OpenError> {
        let Query { signature, timestamp, nonce, .. } = query;
        self.verify_claim(*signature, |token| Signature::of(token, timestamp, nonce))
            .map(|(verified, _)| verified)
    }

    /// Looks for the token that gives the signature that is claimed.
    fn verify_claim(
        &self,
        claim: Claim,
        sign: impl Fn(&Token) -> Signature,
    ) -> Result<(Verified, Which), OpenError> {
        for (which, token) in self.tokens.iter() {
            let signature = sign(token);
            if claim.is(signature) {
                return Ok((Verified { token: token.clone(), signature }, which));
            }
        }
        Err(OpenError::Signature)
    }

    /// Answers the handshake (接入验证): the body is `echostr`, unchanged. It is plain in all modes.
    ///
    /// # Errors
    /// When the signature is wrong or there is no `echostr`.
    pub fn handshake<'q>(&self, query: &'q Query<'_>) -> Result<&'q str, OpenError> {
        let echostr = query.echostr.as_deref().filter(|echostr| !echostr.is_empty());
        let echostr = echostr.ok_or(QueryError::Missing("echostr"))?;
        self.verify(query)?;
        Ok(echostr)
    }

    /// Answers the handshake of 企业微信 (WeCom), where `echostr` is encrypted. The receiver's id
    /// (CorpID) is used in place of the AppID. The query comes from [`Query::parse_wecom`].
    ///
    /// # Errors
    /// When the signature is wrong, `echostr` is missing or cannot be decrypted, or the mode is
    /// plain.
    pub fn handshake_wecom(&self, query: &Query<'_>) -> Result<String, OpenError> {
        let echostr = query.echostr.as_deref().filter(|echostr| !echostr.is_empty());
        let echostr = echostr.ok_or(QueryError::Missing("echostr"))?;
        match &self.mode {
            Mode::Plain => Err(OpenError::Refused),
            Mode::Compat(keys) | Mode::Safe(keys) => Ok(self.decrypt(keys, query, echostr)?.text),
        }
    }

    /// Opens the body of a push.
    ///
    /// In compat and safe mode, only the outer `ToUserName` and `Encrypt` are read before
    /// `msg_signature` is verified. The outer `ToUserName` is only compared. A body that begins
    /// with `{` is read as JSON, any other as XML.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, query: &Query<'_>, body: &[u8]) -> Result<Opened, OpenError> {
        let keys = match &self.mode {
            Mode::Plain => return self.open_verified(self.verify(query)?, body),
            Mode::Compat(keys) | Mode::Safe(keys) => keys,
        };
        let mut tree = Tree::new();
        if is_json(body) { json::read(body, &mut tree) } else { xml::read(body, &mut tree) }?;
        let mut outer = Fields::of(&mut tree);
        let encrypted = outer.required("Encrypt")?;
        let receiver = outer.once("ToUserName")?;
        let Decrypted { text, verified, token, key } = self.decrypt(keys, query, &encrypted)?;
        let message = parse(text.as_bytes())?;
        self.check_receiver(&message, receiver.as_deref())?;
        let seal = Seal(Some(Encryption { token, key, nonce: query.nonce }));
        Ok(Opened { message, seal, verified })
    }

    /// Opens the body of a push in plain mode, whose signature [`verify`](Self::verify) has verified.
    ///
    /// # Errors
    /// See [`OpenError`]. What was verified by an account with other tokens is a wrong signature. In
    /// compat and safe mode everything is, because the signature does not cover the message.
    pub fn open_verified(&self, verified: Verified, body: &[u8]) -> Result<Opened, OpenError> {
        let ours = self.tokens.iter().any(|(_, token)| *token == verified.token);
        if self.encrypts() || !ours {
            return Err(OpenError::Signature);
        }
        let message = parse(body)?;
        self.check_receiver(&message, None)?;
        Ok(Opened { message, seal: Seal(None), verified })
    }

    /// Renders the answer to a message that was opened with `seal`. The answer is made at `created`
    /// (seconds since 1970). In compat and safe mode it is encrypted, except [`Reply::Success`] and
    /// [`Reply::Empty`], which WeChat wants plain in every mode.
    ///
    /// `random` must be 16 fresh random bytes; plain mode ignores them. (The caller supplies them,
    /// because this crate does no I/O.)
    #[must_use]
    pub fn close(
        &self,
        seal: &Seal,
        message: &Message,
        reply: &Reply,
        created: u64,
        random: [u8; 16],
    ) -> String {
        let plain = reply.render(message, created);
        let (Some(seal), Mode::Compat(keys) | Mode::Safe(keys)) = (&seal.0, &self.mode) else {
            return plain;
        };
        if matches!(reply, Reply::Success | Reply::Empty) {
            return plain;
        }
        let encrypted = keys.keys.get(seal.key).encrypt(&plain, &keys.app_id, random);
        let timestamp = created.to_string();
        let token = self.tokens.get(seal.token);
        let signature = signature::sign_message(token, &timestamp, &seal.nonce, &encrypted);
        let mut body = String::with_capacity(encrypted.len() + 256);
        body.push_str("<xml><Encrypt>");
        cdata::push(&mut body, &encrypted);
        body.push_str("</Encrypt><MsgSignature>");
        cdata::push(&mut body, &signature);
        body.push_str("</MsgSignature><TimeStamp>");
        body.push_str(&timestamp);
        body.push_str("</TimeStamp><Nonce>");
        cdata::push(&mut body, &seal.nonce);
        body.push_str("</Nonce></xml>");
        body
    }

    /// Verifies `msg_signature` first, and decrypts only if it is right.
    fn decrypt(
        &self,
        keys: &Keys,
        query: &Query<'_>,
        encrypted: &str,
    ) -> Result<Decrypted, OpenError> {
        let Query { timestamp, nonce, msg_signature, .. } = query;
        let claim = msg_signature.ok_or(QueryError::Missing("msg_signature"))?;
        let verify = |text: &str| {
            self.verify_claim(claim, |token| Signature::of_message(token, timestamp, nonce, text))
        };
        // The text is tried first as it was received. The repair is only a second try.
        let repaired = repair(encrypted);
        let (verified, token) = verify(encrypted).or_else(|_| verify(&repaired))?;
        for (key, candidate) in keys.keys.iter() {
            if let Ok(text) = candidate.decrypt(&repaired, &keys.app_id) {
                return Ok(Decrypted { text, verified, token, key });
            }
        }
        Err(OpenError::Refused)
    }

    fn check_receiver(&self, message: &Message, outer: Option<&str>) -> Result<(), OpenError> {
        let ours = self.original_id.as_deref();
        let wrong = [ours, outer].into_iter().flatten().any(|receiver| receiver != message.to);
        if wrong { Err(OpenError::Refused) } else { Ok(()) }
    }
}

struct Decrypted {
    text: String,
    verified: Verified,
    token: Which,
    key: Which,
}

fn is_json(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'{')
}

fn parse(body: &[u8]) -> Result<Message, ParseError> {
    if is_json(body) { Message::parse_json(body) } else { Message::parse(body) }
}
