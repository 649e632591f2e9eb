//! The query string of a request from WeChat, read strictly.

use std::borrow::Cow;

use thiserror::Error;

/// The parameters that WeChat signs, and `echostr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// Whatever was sent as the signature; not yet verified.
    pub signature: Cow<'a, str>,
    /// Exactly ten digits: seconds since 1970.
    pub timestamp: Cow<'a, str>,
    /// 1 to 64 ASCII letters or digits.
    pub nonce: Cow<'a, str>,
    /// Present in a handshake only.
    pub echostr: Option<Cow<'a, str>>,
}

/// Why a query string was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The named parameter is absent or empty.
    #[error("query parameter `{0}` is missing or empty: WeChat always sends it")]
    Missing(&'static str),
    /// The named parameter is there more than once, or as an array (`nonce[]`).
    #[error("query parameter `{0}` is repeated: WeChat sends it once")]
    Repeated(&'static str),
    /// The named parameter has a form that WeChat does not send.
    #[error(
        "query parameter `{0}` is malformed: timestamp is 10 digits, nonce 1 to 64 letters or digits"
    )]
    Malformed(&'static str),
}

impl<'a> Query<'a> {
    /// Reads `signature`, `timestamp`, `nonce` and, where it is there, `echostr`; other parameters
    /// are ignored.
    ///
    /// # Errors
    /// When one of them is missing, repeated or malformed. The patterns are strict because the
    /// signature does not bind the boundary between timestamp and nonce: a digit moved from one to
    /// the other keeps the hash.
    pub fn parse(query: &'a str) -> Result<Self, QueryError> {
        let [mut signature, mut timestamp, mut nonce, mut echostr] = [None, None, None, None];
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let (name, slot) = match name.strip_suffix("[]").unwrap_or(&name) {
                "signature" => ("signature", &mut signature),
                "timestamp" => ("timestamp", &mut timestamp),
                "nonce" => ("nonce", &mut nonce),
                "echostr" => ("echostr", &mut echostr),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(QueryError::Repeated(name));
            }
        }
        if query.contains("[]=") || query.contains("%5B%5D=") {
            return Err(QueryError::Repeated("[]"));
        }
        let present = |name, value: Option<Cow<'a, str>>| {
            value.filter(|value| !value.is_empty()).ok_or(QueryError::Missing(name))
        };
        let query = Self {
            signature: present("signature", signature)?,
            timestamp: present("timestamp", timestamp)?,
            nonce: present("nonce", nonce)?,
            echostr,
        };
        if query.timestamp.len() != 10 || !query.timestamp.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(QueryError::Malformed("timestamp"));
        }
        if query.nonce.len() > 64 || !query.nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(QueryError::Malformed("nonce"));
        }
        Ok(query)
    }

    /// The timestamp in seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        // Ten ASCII digits always fit.
        self.timestamp.bytes().fold(0, |seconds, digit| seconds * 10 + u64::from(digit - b'0'))
    }
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
    }

    #[test]
    fn each_deviation_is_named() {
        for (query, error) in [
            ("", QueryError::Missing("signature")),
            ("signature=a&timestamp=1700000000", QueryError::Missing("nonce")),
            ("signature=a&timestamp=&nonce=1", QueryError::Missing("timestamp")),
            ("signature=a&timestamp=1700000000&nonce=1&nonce=1", QueryError::Repeated("nonce")),
            ("signature=a&timestamp=1700000000&nonce[]=1", QueryError::Repeated("[]")),
            ("signature=a&timestamp=170000000&nonce=11", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=17000000000&nonce=1", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=170000000x&nonce=1", QueryError::Malformed("timestamp")),
            ("signature=a&timestamp=1700000000&nonce=a-b", QueryError::Malformed("nonce")),
        ] {
            assert_eq!(Query::parse(query), Err(error), "{query}");
        }
    }
}
