//! The signature that WeChat puts on every request: `sha1(concat(sort(token, timestamp, nonce)))`
//! in lower-case hexadecimal (接入指南, "验证消息的确来自微信服务器").

use std::fmt;

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// The secret that the account's owner shares with WeChat. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as it was typed into WeChat's console.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// The signature of `timestamp` and `nonce` under `token`: 40 lower-case hexadecimal digits.
///
/// The parts are joined without separators, so the hash does not bind where one ends and the next
/// begins: [`Query::parse`](crate::Query::parse) therefore admits no odd timestamp or nonce.
#[must_use]
pub fn sign(token: &Token, timestamp: &str, nonce: &str) -> String {
    let mut signature = String::with_capacity(40);
    for byte in digest(token, timestamp, nonce) {
        signature.push(char::from(HEX[usize::from(byte >> 4)]));
        signature.push(char::from(HEX[usize::from(byte & 15)]));
    }
    signature
}

/// Whether `signature` is the one that [`sign`] gives, compared in constant time.
#[must_use]
pub fn verify(token: &Token, timestamp: &str, nonce: &str, signature: &str) -> bool {
    let mut expected = [0; 40];
    for (pair, byte) in expected.chunks_exact_mut(2).zip(digest(token, timestamp, nonce)) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    expected.ct_eq(signature.as_bytes()).into()
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn digest(token: &Token, timestamp: &str, nonce: &str) -> [u8; 20] {
    let mut parts = [token.0.as_str(), timestamp, nonce];
    parts.sort_unstable();
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part);
    }
    sha1.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example on WeChat's own page.
    #[test]
    fn the_official_example_is_reproduced() {
        let token = Token::new("AAAAA");
        let signature = "f464b24fc39322e44b38aa78f5edd27bd1441696";
        assert_eq!(sign(&token, "1714036504", "1514711492"), signature);
        assert!(verify(&token, "1714036504", "1514711492", signature));
    }

    #[test]
    fn another_token_a_short_and_an_upper_case_signature_are_refused() {
        let token = Token::new("AAAAA");
        let signature = sign(&token, "1714036504", "1514711492");
        assert!(!verify(&Token::new("AAAAB"), "1714036504", "1514711492", &signature));
        assert!(!verify(&token, "1714036504", "1514711492", &signature[..39]));
        assert!(!verify(&token, "1714036504", "1514711492", &signature.to_uppercase()));
    }

    #[test]
    fn a_token_does_not_print() {
        assert_eq!(format!("{:?}", Token::new("secret")), "Token(…)");
    }
}
