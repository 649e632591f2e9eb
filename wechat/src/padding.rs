//! PKCS#7 with blocks of 32 bytes (消息加解密说明), although AES has blocks of 16. Libraries that unpad
//! with blocks of 16 refuse half of the genuine messages.

/// The block that WeChat pads to, in bytes.
pub const BLOCK: usize = 32;

/// Appends 1 to 32 bytes. The value of each byte is their number.
pub fn pad(text: &mut Vec<u8>) {
    let count = BLOCK - text.len() % BLOCK;
    // At most 32.
    let byte = u8::try_from(count).unwrap_or_default();
    text.resize(text.len() + count, byte);
}

/// The text without its padding. `None` when the length is not a multiple of 32, the count is not 1
/// to 32, or one of the bytes is different.
#[must_use]
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let count = usize::from(*padded.last()?);
    if !padded.len().is_multiple_of(BLOCK) || !(1..=BLOCK).contains(&count) {
        return None;
    }
    let (text, padding) = padded.split_at(padded.len() - count);
    // All bytes are checked, so a key that is almost right gives the same error as any other.
    padding.iter().all(|&byte| usize::from(byte) == count).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_padded_by_1_to_32_bytes_and_comes_back() {
        for length in 0..=2 * BLOCK {
            let text = vec![b'x'; length];
            let mut padded = text.clone();
            pad(&mut padded);
            assert!((1..=BLOCK).contains(&(padded.len() - length)));
            assert_eq!(unpad(&padded), Some(&text[..]));
        }
    }

    #[test]
    fn wrong_padding_is_refused() {
        let padded = |count: u8, byte: u8| {
            let mut padded = vec![b'x'; BLOCK];
            padded[BLOCK - usize::from(count)..].fill(byte);
            padded
        };
        assert_eq!(unpad(&padded(17, 17)).map(<[u8]>::len), Some(15));
        assert_eq!(unpad(&padded(1, 0)), None);
        assert_eq!(unpad(&padded(32, 33)), None);
        assert_eq!(unpad(&padded(16, 17)), None, "one byte too few");
        assert_eq!(unpad(&[3; 3]), None, "no multiple of the block");
        assert_eq!(unpad(&[]), None);
    }
}
