//! The signatures that WeChat puts on requests (接入指南, 消息加解密说明):
//! `sha1(concat(sort([token, timestamp, nonce])))` in lower-case hexadecimal, and `msg_signature`,
//! which has the encrypted text as a fourth part.
//!
//! The parts are joined without separators, so the hash does not tell where one ends and the next
//! begins. Therefore [`Query::parse`](crate::Query::parse) accepts only a strict form of timestamp
//! and nonce.

use std::fmt;

use arrayvec::ArrayString;
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

/// A signature: the hash itself. It is sent as 40 lower-case hexadecimal digits. Its
/// [`Debug`](fmt::Debug) output does not show it, because whoever reads a log could use it again.
#[derive(Clone, Copy)]
pub struct Signature([u8; 20]);

impl Signature {
    /// The signature of `timestamp` and `nonce` under `token`.
    #[must_use]
    pub fn of(token: &Token, timestamp: &str, nonce: &str) -> Self {
        Self::hash([token.0.expose(), timestamp, nonce])
    }

    /// The `msg_signature` of an encrypted text.
    #[must_use]
    pub fn of_message(token: &Token, timestamp: &str, nonce: &str, encrypted: &str) -> Self {
        Self::hash([token.0.expose(), timestamp, nonce, encrypted])
    }

    fn hash<const N: usize>(mut parts: [&str; N]) -> Self {
        parts.sort_unstable();
        let mut sha1 = Sha1::new();
        for part in parts {
            sha1.update(part);
        }
        Self(sha1.finalize().into())
    }

    /// The 20 bytes of the hash.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

/// Compares in constant time.
impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Signature {}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signature(…)")
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut digits = ArrayString::<40>::new();
        for byte in self.0 {
            digits.push(char::from(HEX[usize::from(byte >> 4)]));
            digits.push(char::from(HEX[usize::from(byte & 15)]));
        }
        formatter.write_str(&digits)
    }
}

/// What a request claims to be its signature; not yet verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Claim(Option<Signature>);

impl Claim {
    /// Reads 40 lower-case hexadecimal digits. Any other text is a claim that is wrong under every
    /// token.
    #[must_use]
    pub fn read(digits: &str) -> Self {
        let read = || {
            let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
            let pairs: &[[u8; 2]; 20] = pairs.try_into().ok()?;
            let mut hash = [0; 20];
            for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
                *byte = value(*high)? << 4 | value(*low)?;
            }
            Some(Signature(hash))
        };
        Self(read())
    }

    /// Whether it is this signature, compared in constant time.
    #[must_use]
    pub fn is(self, signature: Signature) -> bool {
        self.0 == Some(signature)
    }
}

/// The value of a lower-case hexadecimal digit.
fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The signature of `timestamp` and `nonce` under `token`: 40 lower-case hexadecimal digits.
#[must_use]
pub fn sign(token: &Token, timestamp: &str, nonce: &str) -> String {
    Signature::of(token, timestamp, nonce).to_string()
}

/// Whether `signature` is the one that [`sign`] gives, compared in constant time.
#[must_use]
pub fn verify(token: &Token, timestamp: &str, nonce: &str, signature: &str) -> bool {
    Claim::read(signature).is(Signature::of(token, timestamp, nonce))
}

/// The `msg_signature` of an encrypted text: 40 lower-case hexadecimal digits.
#[must_use]
pub fn sign_message(token: &Token, timestamp: &str, nonce: &str, encrypted: &str) -> String {
    Signature::of_message(token, timestamp, nonce, encrypted).to_string()
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
    let expected = Signature::of_message(token, timestamp, nonce, encrypted);
    Claim::read(msg_signature).is(expected)
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
    fn a_claim_is_read_only_as_a_signature_is_written() {
        let written = "f464b24fc39322e44b38aa78f5edd27bd1441696";
        let signature = Signature::of(&Token::new("AAAAA"), "1714036504", "1514711492");
        assert_eq!((&*signature.to_string(), signature.bytes()[0]), (written, 0xf4));
        assert!(Claim::read(written).is(signature));
        let (short, long) = (&written[..38], format!("{written}00"));
        let wide = format!("{}é", &written[..38]);
        for other in [short, &long, &wide, &written.replace('f', "g"), &written.to_uppercase(), ""]
        {
            assert_eq!(Claim::read(other), Claim::default(), "{other}");
            assert!(!Claim::read(other).is(signature), "{other}");
        }
    }

    #[test]
    fn a_token_does_not_print() {
        assert_eq!(format!("{:?}", Token::new("secret")), "Token(…)");
    }

    #[test]
    fn a_signature_prints_only_where_it_is_sent() {
        let signature = Signature::of(&Token::new("secret"), "1700000000", "1");
        assert_eq!(format!("{signature:?}"), "Signature(…)");
        assert_eq!(signature.to_string().len(), 40);
    }
}
