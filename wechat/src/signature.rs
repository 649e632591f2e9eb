//! The signatures that WeChat puts on requests (接入指南, 消息加解密说明):
//! `sha1(concat(sort([token, timestamp, nonce])))` in lower-case hexadecimal, and `msg_signature`,
//! which has the encrypted text as a fourth part.
//!
//! The parts are joined without separators, so the hash does not tell where one ends and the next
//! begins. Therefore [`Query::parse`](crate::Query::parse) accepts only a strict form of timestamp
//! and nonce.

use std::fmt;

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// The token that the account's owner shares with WeChat. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// A token as it was typed into WeChat's console.
    pub fn new(token: impl Into<String>) -> Self {
        Self(Secret::new(token))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// The signature of `timestamp` and `nonce` under `token`: 40 lower-case hexadecimal digits.
#[must_use]
pub fn sign(token: &Token, timestamp: &str, nonce: &str) -> String {
    text(&digits([token.0.expose(), timestamp, nonce]))
}

/// Whether `signature` is the one that [`sign`] gives, compared in constant time.
#[must_use]
pub fn verify(token: &Token, timestamp: &str, nonce: &str, signature: &str) -> bool {
    digits([token.0.expose(), timestamp, nonce]).ct_eq(signature.as_bytes()).into()
}

/// The `msg_signature` of an encrypted text: 40 lower-case hexadecimal digits.
#[must_use]
pub fn sign_message(token: &Token, timestamp: &str, nonce: &str, encrypted: &str) -> String {
    text(&digits([token.0.expose(), timestamp, nonce, encrypted]))
}

/// Whether `msg_signature` is the one that [`sign_message`] gives, compared in constant time.
#[must_use]
pub fn verify_message(
    token: &Token,
    timestamp: &str,
    nonce: &str,
    encrypted: &str,
    msg_signature: &str,
) -> bool {
    let expected = digits([token.0.expose(), timestamp, nonce, encrypted]);
    expected.ct_eq(msg_signature.as_bytes()).into()
}

fn digits<const N: usize>(mut parts: [&str; N]) -> [u8; 40] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    parts.sort_unstable();
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part);
    }
    let hash: [u8; 20] = sha1.finalize().into();
    let mut digits = [0; 40];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    digits
}

fn text(digits: &[u8; 40]) -> String {
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of WeChat's own page.
    #[test]
    fn the_official_example_is_reproduced() {
        let token = Token::new("AAAAA");
        let signature = "f464b24fc39322e44b38aa78f5edd27bd1441696";
        assert_eq!(sign(&token, "1714036504", "1514711492"), signature);
        assert!(verify(&token, "1714036504", "1514711492", signature));
    }

    /// The hash of `"1" "1700000000" "bc==" "token"`, computed with `sha1sum`.
    #[test]
    fn a_message_signature_covers_the_encrypted_text() {
        let token = Token::new("token");
        let signature = sign_message(&token, "1700000000", "1", "bc==");
        assert_eq!(signature, "c21f754d2e5114dde592f55200d75392d9bef064");
        assert!(verify_message(&token, "1700000000", "1", "bc==", &signature));
        assert!(!verify_message(&token, "1700000000", "1", "bd==", &signature));
        assert!(!verify(&token, "1700000000", "1", &signature));
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
