//! The encryption of compat and safe mode (消息加解密说明): AES-256-CBC over 16 random bytes, a
//! length, the message and the AppID.

use std::borrow::Cow;
use std::fmt;

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::padding;

/// The letters of an `EncodingAESKey`.
const LETTERS: usize = 43;
/// 43 letters have 258 bits, and a key has 256. The last two bits may be set; in real keys they
/// are.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
/// The number of random bytes at the beginning, and the size of the length after them.
const RANDOM: usize = 16;
const LENGTH: usize = 4;

/// An account's message key. It cannot be printed, and it is erased when it is dropped.
#[derive(Clone)]
pub struct AesKey(Zeroizing<[u8; 32]>);

/// Why a text is not an `EncodingAESKey`. The text is not repeated, because it may be almost the
/// key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not 43 letters.
    #[error("an EncodingAESKey has {LETTERS} letters, this one has {0}: copy it from the console")]
    Length(usize),
    /// A character that is not a letter, a digit, `+` or `/`.
    #[error("an EncodingAESKey consists of letters and digits: copy it from the console")]
    Alphabet,
}

/// The only error of decryption. It is the same for base64, length, padding, length field, UTF-8
/// and AppID, because more detail would help only an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the message cannot be decrypted: compare EncodingAESKey and AppID with the console")]
pub struct Undecryptable;

impl AesKey {
    /// Reads an `EncodingAESKey`, 43 characters, as WeChat's console shows it.
    ///
    /// # Errors
    /// When it has another length or contains other characters.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.len() != LETTERS {
            return Err(KeyError::Length(text.chars().count()));
        }
        let padded = Zeroizing::new(format!("{text}="));
        let mut key = Zeroizing::new([0; 32]);
        // base64 needs room for a whole last group before it checks the padding.
        let mut room = Zeroizing::new([0; 33]);
        match LENIENT.decode_slice(padded.as_bytes(), &mut *room) {
            Ok(32) => key.copy_from_slice(&room[..32]),
            _ => return Err(KeyError::Alphabet),
        }
        Ok(Self(key))
    }

    /// Encrypts `message` for the account with this AppID. The result is base64.
    ///
    /// `random` must be 16 fresh random bytes. The initialisation vector is a part of the key and
    /// does not change, so without them equal messages would give equal results.
    ///
    /// # Panics
    /// When the message has 4 GiB or more, because its length field cannot hold such a number.
    #[must_use]
    pub fn encrypt(&self, message: &str, app_id: &str, random: [u8; 16]) -> String {
        let length = u32::try_from(message.len()).expect("a message is shorter than 4 GiB");
        let capacity = RANDOM + LENGTH + message.len() + app_id.len() + padding::BLOCK;
        let mut text = Vec::with_capacity(capacity);
        text.extend_from_slice(&random);
        text.extend_from_slice(&length.to_be_bytes());
        text.extend_from_slice(message.as_bytes());
        text.extend_from_slice(app_id.as_bytes());
        padding::pad(&mut text);
        let size = text.len();
        let encrypted = cbc::Encryptor::<Aes256>::new((&*self.0).into(), self.vector().into())
            .encrypt_padded::<NoPadding>(&mut text, size)
            .expect("padded to whole blocks");
        STANDARD.encode(encrypted)
    }

    /// Decrypts a text that [`encrypt`](Self::encrypt) made for the account with this AppID.
    ///
    /// Verify the `msg_signature` first, as [`Envelope::open`](crate::Envelope::open) does.
    ///
    /// # Errors
    /// [`Undecryptable`], whatever the reason.
    pub fn decrypt(&self, encrypted: &str, app_id: &str) -> Result<String, Undecryptable> {
        self.message(encrypted, app_id).ok_or(Undecryptable)
    }

    fn message(&self, encrypted: &str, app_id: &str) -> Option<String> {
        let mut text = STANDARD.decode(&*repair(encrypted)).ok()?;
        // CBC refuses a length that is not a multiple of 16. `unpad` refuses an empty text, and a
        // length that is not a multiple of 32.
        cbc::Decryptor::<Aes256>::new((&*self.0).into(), self.vector().into())
            .decrypt_padded::<NoPadding>(&mut text)
            .ok()?;
        let (_random, rest) = padding::unpad(&text)?.split_at_checked(RANDOM)?;
        let (length, rest) = rest.split_first_chunk::<LENGTH>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (message, receiver) = rest.split_at_checked(length)?;
        if !bool::from(receiver.ct_eq(app_id.as_bytes())) {
            return None;
        }
        str::from_utf8(message).ok().map(str::to_owned)
    }

    /// WeChat uses the first half of the key.
    fn vector(&self) -> &[u8; 16] {
        self.0.first_chunk().expect("16 of 32 bytes")
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AesKey(…)")
    }
}

/// Compares in constant time.
impl PartialEq for AesKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl Eq for AesKey {}

/// Repairs damage that proxies, form decoding and pretty-printers do to base64. Line breaks and
/// their indentation are removed. Any other space becomes `+`. An XML reader removes spaces at the
/// beginning, which were `+` too, so `+` is added there until the length is a multiple of four.
pub(crate) fn repair(encrypted: &str) -> Cow<'_, str> {
    if !encrypted.contains(char::is_whitespace) && encrypted.len().is_multiple_of(4) {
        return Cow::Borrowed(encrypted);
    }
    let mut repaired = String::with_capacity(encrypted.len() + 4);
    let mut rest = encrypted;
    while let Some(start) = rest.find(char::is_whitespace) {
        let (before, blank) = rest.split_at(start);
        let end = blank.find(|each: char| !each.is_whitespace()).unwrap_or(blank.len());
        repaired.push_str(before);
        if blank[..end].bytes().all(|byte| byte == b' ') {
            repaired.extend(std::iter::repeat_n('+', end));
        }
        rest = &blank[end..];
    }
    repaired.push_str(rest);
    let lost = repaired.len().next_multiple_of(4) - repaired.len();
    repaired.insert_str(0, &"+++"[..lost]);
    Cow::Owned(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "fourWaysDemoKeyfourWaysDemoKeyfourWaysDemoK";

    fn key() -> AesKey {
        AesKey::parse(KEY).expect("43 letters")
    }

    /// Encrypts bytes that `encrypt` cannot produce.
    fn raw(mut text: Vec<u8>) -> String {
        let size = text.len();
        let key = key();
        let encrypted = cbc::Encryptor::<Aes256>::new((&*key.0).into(), key.vector().into())
            .encrypt_padded::<NoPadding>(&mut text, size)
            .expect("whole blocks");
        STANDARD.encode(encrypted)
    }

    fn padded(length: u32, rest: &[u8]) -> Vec<u8> {
        let mut text = vec![7; RANDOM];
        text.extend(length.to_be_bytes());
        text.extend(rest);
        padding::pad(&mut text);
        text
    }

    #[test]
    fn the_last_two_bits_of_a_key_may_be_set() {
        // `A` ends in six zero bits. `B`, `C` and `D` differ from it only in the last two bits.
        let zero = AesKey::parse(&"A".repeat(43)).expect("a key");
        for last in ["B", "C", "D"] {
            assert_eq!(AesKey::parse(&format!("{}{last}", "A".repeat(42))), Ok(zero.clone()));
        }
        assert_ne!(AesKey::parse(&format!("{}E", "A".repeat(42))), Ok(zero));
    }

    #[test]
    fn a_key_of_another_length_or_alphabet_is_refused_and_none_prints() {
        assert_eq!(AesKey::parse(&KEY[1..]), Err(KeyError::Length(42)));
        assert_eq!(AesKey::parse(&format!("{KEY}=")), Err(KeyError::Length(44)));
        assert_eq!(AesKey::parse(&"!".repeat(43)), Err(KeyError::Alphabet));
        assert_eq!(format!("{:?}", key()), "AesKey(…)");
    }

    #[test]
    fn every_padding_length_comes_back() {
        for length in 0..=2 * padding::BLOCK {
            let message = "m".repeat(length);
            let encrypted = key().encrypt(&message, "wx1", [9; 16]);
            assert_eq!(key().decrypt(&encrypted, "wx1"), Ok(message));
        }
    }

    #[test]
    fn blanks_and_a_plus_that_became_a_space_are_repaired() {
        let encrypted = (0..)
            .map(|byte| key().encrypt("hello", "wx1", [byte; 16]))
            .find(|encrypted| encrypted.contains('+'))
            .expect("one of many");
        let leading = (0..=u8::MAX)
            .map(|byte| key().encrypt("hello", "wx1", [byte; 16]))
            .find(|encrypted| encrypted.starts_with('+'))
            .expect("one of many");
        for damaged in [
            leading[1..].to_owned(),
            leading.replace('+', " "),
            encrypted.replace('+', " "),
            format!("\n  {}\n  {}\n", &encrypted[..20], &encrypted[20..]),
            format!("{}\r\n{}", &encrypted[..32], &encrypted[32..]),
        ] {
            assert_eq!(key().decrypt(&damaged, "wx1"), Ok("hello".into()), "{damaged:?}");
        }
    }

    #[test]
    fn each_way_to_be_wrong_gives_the_one_error() {
        let whole = raw(padded(5, b"hellowx1"));
        assert_eq!(key().decrypt(&whole, "wx1"), Ok("hello".into()));
        for (what, encrypted) in [
            ("empty", String::new()),
            ("no base64", "*".repeat(44)),
            ("bits behind the end", whole.replace("=", "") + "B="),
            ("no whole block", STANDARD.encode([1; 31])),
            ("half a padding block", STANDARD.encode([1; 16])),
            ("padding of 0", raw(vec![0; 32])),
            ("padding of 33", raw(vec![33; 64])),
            ("no room for a length", raw([vec![0; 16], vec![16; 16]].concat())),
            ("length beyond the end", raw(padded(9, b"hellowx1"))),
            ("length of 4 GiB", raw(padded(u32::MAX, b"hellowx1"))),
            ("another account", raw(padded(5, b"hellowx2"))),
            ("a longer AppID", raw(padded(5, b"hellowx11"))),
            ("no AppID", raw(padded(5, b"hello"))),
            ("no UTF-8", raw(padded(2, b"\xff\xfewx1"))),
        ] {
            assert_eq!(key().decrypt(&encrypted, "wx1"), Err(Undecryptable), "{what}");
        }
    }
}
