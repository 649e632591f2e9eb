//! What to answer (被动回复用户消息).

use thiserror::Error;

use crate::message::Message;

/// The most bytes of text that WeChat delivers; longer ones reach nobody.
pub const TEXT_LIMIT: usize = 2048;

/// An answer to one message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reply {
    /// A text, built by [`Reply::text`].
    Text(Text),
    /// The word `success`: no answer, and no retry.
    Success,
}

/// Text that WeChat will deliver: not empty, at most [`TEXT_LIMIT`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a reply cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// WeChat shows an error notice instead of an empty text.
    #[error("a text reply is empty: answer `success` instead")]
    Empty,
    /// Longer than [`TEXT_LIMIT`].
    #[error("a text reply has {0} bytes, WeChat delivers at most {TEXT_LIMIT}")]
    TooLong(usize),
}

impl Reply {
    /// A text reply, without the characters that XML 1.0 cannot hold.
    ///
    /// # Errors
    /// When nothing is left, or more than [`TEXT_LIMIT`] bytes are.
    pub fn text(content: impl Into<String>) -> Result<Self, ReplyError> {
        let mut content = content.into();
        content.retain(|each| {
            matches!(each, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        });
        match content.len() {
            0 => Err(ReplyError::Empty),
            1..=TEXT_LIMIT => Ok(Self::Text(Text(content))),
            length => Err(ReplyError::TooLong(length)),
        }
    }

    /// The body of the answer to `message`, made at `created` (seconds since 1970). Sender and
    /// receiver are taken from the message, so that they cannot be forgotten or confused.
    #[must_use]
    pub fn render(&self, message: &Message, created: u64) -> String {
        let text = match self {
            Self::Text(text) => text.as_str(),
            Self::Success => return "success".to_owned(),
        };
        let mut body =
            String::with_capacity(text.len() + message.to.len() + message.from.len() + 220);
        body.push_str("<xml><ToUserName>");
        push_cdata(&mut body, &message.from);
        body.push_str("</ToUserName><FromUserName>");
        push_cdata(&mut body, &message.to);
        body.push_str("</FromUserName><CreateTime>");
        body.push_str(&created.to_string());
        body.push_str("</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>");
        push_cdata(&mut body, text);
        body.push_str("</Content></xml>");
        body
    }
}

/// Every `]]>` in the text is split over two sections: unsplit, it would end this one and let the
/// rest of a user's text become markup.
fn push_cdata(body: &mut String, text: &str) {
    body.push_str("<![CDATA[");
    let mut parts = text.split("]]>");
    body.push_str(parts.next().unwrap_or_default());
    for part in parts {
        body.push_str("]]]]><![CDATA[>");
        body.push_str(part);
    }
    body.push_str("]]>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn message() -> Message {
        Message::parse(
            b"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>\
              <CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>",
        )
        .expect("well-formed")
    }

    #[test]
    fn sender_and_receiver_are_swapped() {
        let body = Reply::text("hi").expect("short").render(&message(), 1_700_000_001);
        let root = xml::parse(body.as_bytes()).expect("our own");
        assert_eq!(root.text_of("ToUserName"), Ok(Some("o1")));
        assert_eq!(root.text_of("FromUserName"), Ok(Some("gh_1")));
        assert_eq!(root.text_of("CreateTime"), Ok(Some("1700000001")));
    }

    #[test]
    fn the_end_of_a_cdata_section_in_the_text_is_no_markup() {
        let text = "]]></Content><Evil/>]]>";
        let body = Reply::text(text).expect("short").render(&message(), 1);
        let root = xml::parse(body.as_bytes()).expect("our own");
        assert_eq!(root.text_of("Content"), Ok(Some(text)));
    }

    #[test]
    fn empty_and_long_texts_are_refused() {
        assert_eq!(Reply::text("\u{1}\u{2}"), Err(ReplyError::Empty));
        assert!(Reply::text("a".repeat(TEXT_LIMIT)).is_ok());
        assert_eq!(Reply::text("a".repeat(TEXT_LIMIT + 1)), Err(ReplyError::TooLong(2049)));
    }
}
