//! What a request is, before anything is asked about its user: refused, a handshake, or a message.

use crate::scenario::{Flaw, Said, What, encrypts};

/// What a request is.
pub enum Read {
    /// It is refused, with this status and these words.
    Refused(u16, &'static str),
    /// It asks for a parameter that is not as it should be.
    Parameter(&'static str, &'static str),
    /// A handshake, with its `echostr`.
    Handshake(String),
    /// A message, with the name of its kind.
    Message(&'static str),
}

use Read::{Handshake, Message, Parameter, Refused};

const MISSING: &str = "missing or empty: WeChat always sends it";
const FORM: &str = "malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits";
const SIGNATURE: Read = Refused(403, "the signature is wrong: check the account's token");
const NOT_OURS: Read = Refused(403, "the message is not for this account");

/// Whether no window and no optional unit of the account is on.
pub fn is_bare(said: &Said) -> bool {
    said.account == "bare"
}

/// Whether the account has a time window.
pub fn has_window(said: &Said) -> bool {
    !matches!(said.account.as_str(), "bare" | "api" | "push")
}

/// Whether it is an event, which nobody has written.
pub fn is_event(said: &Said) -> bool {
    match &said.what {
        What::Subscribe | What::Click(_) => true,
        What::Other(sample) => sample.is_event(),
        What::Handshake(_) | What::Text(_) | What::Voice(_) => false,
    }
}

/// Reads a request `second` seconds after the beginning.
pub fn read(said: &Said, second: u64) -> Read {
    let bare = is_bare(said);
    let encrypts = encrypts(&said.account);
    if !bare && !matches!(&*said.account, "demo" | "full" | "api" | "push" | "retry") && !encrypts {
        return Refused(404, "no account has this name: check the path /wechat/{name}");
    }
    match said.flaw {
        Some(Flaw::OtherMethod) => {
            return Refused(405, "the method is not allowed: use GET or POST");
        }
        Some(Flaw::MissingParameter) => return Parameter("nonce", MISSING),
        Some(Flaw::RepeatedParameter) => {
            return Parameter("nonce", "repeated: WeChat sends it once");
        }
        Some(Flaw::ShortTimestamp) => return Parameter("timestamp", FORM),
        Some(Flaw::OddNonce) => return Parameter("nonce", FORM),
        Some(Flaw::WrongSignature) => return SIGNATURE,
        _ if has_window(said) && (second as i64 - skew(said)).abs() > 300 => {
            return Refused(403, "the timestamp is outside the window: check the clock");
        }
        _ => {}
    }
    if let What::Handshake(echostr) = &said.what {
        return match said.flaw {
            Some(Flaw::NoEchostr) => Parameter("echostr", MISSING),
            _ => Handshake(echostr.clone()),
        };
    }
    let odd = |words| Refused(400, words);
    match said.flaw {
        Some(Flaw::TooLarge) => Refused(413, "the body has N bytes, the limit is 65536"),
        Some(Flaw::MissingMessageSignature) if encrypts => Parameter("msg_signature", MISSING),
        Some(Flaw::Downgraded) if encrypts => {
            odd("the field <Encrypt> is missing or empty in the element at byte N")
        }
        Some(Flaw::WrongMessageSignature) if encrypts => SIGNATURE,
        Some(Flaw::OtherAppId) if encrypts => NOT_OURS,
        Some(Flaw::Malformed) => odd("the body is not well-formed at byte N"),
        Some(Flaw::DocType) => odd("a DOCTYPE at byte N is refused"),
        Some(Flaw::WrongRoot) => odd("the root at byte N is not <xml>"),
        Some(Flaw::MissingField) => {
            odd("the field <FromUserName> is missing or empty in the element at byte N")
        }
        Some(Flaw::RepeatedField) if matches!(said.what, What::Text(_)) => {
            odd("the field <Content> is repeated at byte N")
        }
        Some(Flaw::RepeatedField) => odd("the field <MsgType> is repeated at byte N"),
        // It is not certain where such a text ends.
        _ if matches!(&said.what, What::Text(text) if text.contains("]]></Content>")) => {
            odd("the field <Content> is repeated at byte N")
        }
        Some(Flaw::OtherReceiver) if !bare => NOT_OURS,
        _ => Message(match &said.what {
            What::Handshake(_) | What::Text(_) => "text",
            What::Voice(_) => "voice",
            What::Subscribe => "subscribe",
            What::Click(_) => "click",
            What::Other(sample) => sample.name,
        }),
    }
}

/// How far the request's timestamp is from the time when the scenario begins, in seconds.
pub fn skew(said: &Said) -> i64 {
    match said.flaw {
        Some(Flaw::TooOld) => -301,
        Some(Flaw::TooNew) => 301,
        Some(Flaw::BarelyInside) => -300,
        _ => 0,
    }
}
