//! The query string of a request from WeChat, read strictly.

use std::borrow::Cow;

use arrayvec::ArrayString;
use memchr::memchr2;
use thiserror::Error;

use crate::signature::Claim;

/// The signed parameters, the signatures, and `echostr`.
///
/// `openid` and `encrypt_type` are not here, because they are not signed and cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// The signature; not yet verified.
    pub signature: Claim,
    /// Exactly ten digits: seconds since 1970.
    pub timestamp: ArrayString<10>,
    /// 1 to 64 ASCII letters or digits.
    pub nonce: ArrayString<64>,
    /// Present in a handshake only.
    pub echostr: Option<Cow<'a, str>>,
    /// Present in compat and safe mode: the signature that covers the message; not yet verified.
    pub msg_signature: Option<Claim>,
}

/// Why a query string was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The named parameter is absent or empty.
    #[error("query parameter `{0}` is missing or empty: WeChat always sends it")]
    Missing(&'static str),
    /// The named parameter is there more than once, or is an array (`nonce[]`).
    #[error("query parameter `{0}` is repeated: WeChat sends it once")]
    Repeated(&'static str),
    /// The named parameter does not have the form that WeChat sends.
    #[error(
        "query parameter `{0}` is malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits"
    )]
    Malformed(&'static str),
}

/// All parameters that WeChat sends. Each may occur only once.
const NAMES: [&str; 7] =
    ["signature", "timestamp", "nonce", "echostr", "msg_signature", "openid", "encrypt_type"];

impl<'a> Query<'a> {
    /// Reads the query string, without its `?`. Parameters that WeChat does not send are ignored.
    /// This function does the percent-decoding, so do not decode the text before.
    ///
    /// # Errors
    /// When a parameter is missing, repeated or malformed. The form is strict because the signature
    /// does not cover the boundary between timestamp and nonce: if a digit moves from one to the
    /// other, the hash stays the same.
    pub fn parse(query: &'a str) -> Result<Self, QueryError> {
        Self::read(query, "signature")
    }

    /// The same for 企业微信 (WeCom). It sends `msg_signature` in place of `signature`, so the claim of
    /// `signature` is wrong here.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_wecom(query: &'a str) -> Result<Self, QueryError> {
        Self::read(query, "msg_signature")
    }

    fn read(query: &'a str, required: &'static str) -> Result<Self, QueryError> {
        let mut values = Values::default();
        // Only an `echostr` may need decoding: all other values are letters, digits, `-` and `_`.
        if memchr2(b'%', b'+', query.as_bytes()).is_some() {
            for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                values.put(&name, value)?;
            }
        } else {
            let mut rest = Some(query);
            while let Some((pair, after)) = rest.map(|rest| cut(rest, b'&')) {
                let (name, value) = cut(pair, b'=');
                values.put(name, Cow::Borrowed(value.unwrap_or_default()))?;
                rest = after;
            }
        }
        let [signature, timestamp, nonce, echostr, msg_signature, ..] = values.0;
        let filled = |value: Option<Cow<'a, str>>| value.filter(|value| !value.is_empty());
        let (signature, msg_signature) = (filled(signature), filled(msg_signature));
        let missing = if required == "signature" { &signature } else { &msg_signature };
        if missing.is_none() {
            return Err(QueryError::Missing(required));
        }
        let timestamp = filled(timestamp).ok_or(QueryError::Missing("timestamp"))?;
        let nonce = filled(nonce).ok_or(QueryError::Missing("nonce"))?;
        let claim = |text: Cow<'a, str>| Claim::read(&text);
        let digits = timestamp.len() == 10 && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let letters = nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
        Ok(Self {
            signature: signature.map(claim).unwrap_or_default(),
            timestamp: strict(&timestamp, digits).ok_or(QueryError::Malformed("timestamp"))?,
            nonce: strict(&nonce, letters).ok_or(QueryError::Malformed("nonce"))?,
            echostr,
            msg_signature: msg_signature.map(claim),
        })
    }

    /// The same query with its own copy of `echostr`, so that it can be kept longer than its source.
    #[must_use]
    pub fn into_owned(self) -> Query<'static> {
        let echostr = self.echostr.map(|echostr| Cow::Owned(echostr.into_owned()));
        Query { echostr, ..self }
    }

    /// The timestamp in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        // Ten ASCII digits always fit.
        self.timestamp.bytes().fold(0, |seconds, digit| seconds * 10 + u64::from(digit - b'0'))
    }
}

/// A text up to an ASCII character, and what follows it. The pieces of a query are so short that
/// [`str::split_once`] spends most of its time on the preparation of its search.
fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == at) {
        Some(end) => (&text[..end], Some(&text[end + 1..])),
        None => (text, None),
    }
}

/// The values of [`NAMES`].
#[derive(Default)]
struct Values<'a>([Option<Cow<'a, str>>; NAMES.len()]);

impl<'a> Values<'a> {
    fn put(&mut self, name: &str, value: Cow<'a, str>) -> Result<(), QueryError> {
        let known = |name: &str| NAMES.iter().position(|each| *each == name);
        // Frameworks in other languages read `nonce[]` and `nonce[0]` as `nonce`.
        let array = || name.split_once('[').and_then(|(base, _)| known(base));
        if let Some(index) = known(name) {
            match self.0[index].replace(value) {
                None => Ok(()),
                Some(_) => Err(QueryError::Repeated(NAMES[index])),
            }
        } else if let Some(index) = array() {
            Err(QueryError::Repeated(NAMES[index]))
        } else {
            Ok(())
        }
    }
}

/// The value, if it has the right form (`formed`) and is not too long.
fn strict<const N: usize>(value: &str, formed: bool) -> Option<ArrayString<N>> {
    ArrayString::from(value).ok().filter(|_| formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genuine_query_is_read() {
        let query =
            Query::parse("signature=ab&timestamp=1700000000&nonce=42&openid=o&echostr=a%2Bb")
                .expect("genuine");
        assert_eq!(query.seconds(), 1_700_000_000);
        assert_eq!(query.echostr.as_deref(), Some("a+b"));
        assert_eq!(query.msg_signature, None);
        assert_eq!(query.clone().into_owned(), query);
    }

    #[test]
    fn wecom_needs_the_message_signature_only() {
        let text = "msg_signature=ab&timestamp=1700000000&nonce=42";
        let query = Query::parse_wecom(text).expect("genuine");
        let claims = (Claim::default(), Some(Claim::read("ab")));
        assert_eq!((query.signature, query.msg_signature), claims);
        assert_eq!(Query::parse(text), Err(QueryError::Missing("signature")));
        let plain = "signature=ab&timestamp=1700000000&nonce=42";
        assert_eq!(Query::parse_wecom(plain), Err(QueryError::Missing("msg_signature")));
    }

    #[test]
    fn each_deviation_is_named() {
        for (query, error) in [
            ("", QueryError::Missing("signature")),
            ("signature=a&timestamp=1700000000", QueryError::Missing("nonce")),
            ("signature=a&timestamp=&nonce=1", QueryError::Missing("timestamp")),
            ("signature=a&timestamp=1700000000&nonce=1&nonce=1", QueryError::Repeated("nonce")),
            ("signature=a&timestamp=1700000000&nonce[]=1", QueryError::Repeated("nonce")),
            ("signature=a&timestamp=1700000000&nonce%5b0%5d=1", QueryError::Repeated("nonce")),
            ("openid=a&openid=b", QueryError::Repeated("openid")),
            ("signature=a&timestamp=170000000&nonce=11", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=17000000000&nonce=1", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=170000000x&nonce=1", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=1700000000&nonce=a-b", QueryError::Malformed("nonce")),
        ] {
            assert_eq!(Query::parse(query), Err(error), "{query}");
        }
        let long = format!("signature=a&timestamp=1700000000&nonce={}", "n".repeat(65));
        assert_eq!(Query::parse(&long), Err(QueryError::Malformed("nonce")));
    }
}
