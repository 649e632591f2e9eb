//! What WeChat delivers: a user's message or an event (接收普通消息, 接收事件推送).

use crate::xml::{self, Element, ParseError};

/// One inbound message or event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `ToUserName`: the account's original id, `gh_…`.
    pub to: String,
    /// `FromUserName`: the user's OpenID.
    pub from: String,
    /// `CreateTime`, in seconds since 1970.
    pub created: u64,
    /// `MsgId`; events have none.
    pub id: Option<u64>,
    /// What was sent.
    pub kind: Kind,
}

/// The kinds of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Typed text.
    Text {
        /// The text, trimmed.
        content: String,
    },
    /// A picture.
    Image {
        /// `PicUrl`: where WeChat keeps it.
        url: String,
        /// `MediaId`: its handle in the media API; absent in old messages.
        media: Option<String>,
    },
    /// A voice message.
    Voice {
        /// `MediaId`.
        media: String,
        /// `Format`: `amr` or `speex`.
        format: String,
        /// `Recognition`: the recognised speech, if WeChat sent any.
        recognition: Option<String>,
    },
    /// An event.
    Event(Event),
    /// Any other `MsgType`, with all its fields.
    Unknown {
        /// `MsgType` as it was sent.
        name: String,
        /// The whole message.
        fields: Vec<Element>,
    },
}

/// The events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A user follows the account.
    Subscribe {
        /// The scene of the QR code that was scanned, without its `qrscene_` prefix.
        scene: Option<String>,
    },
    /// A user leaves; no reply can reach them.
    Unsubscribe,
    /// A tap on a menu item.
    Click {
        /// The item's key.
        key: String,
    },
    /// Any other event, with all its fields.
    Unknown {
        /// `Event` as it was sent.
        name: String,
        /// `EventKey`, where there is one.
        key: Option<String>,
        /// The whole message.
        fields: Vec<Element>,
    },
}

/// By what WeChat's repeats are recognised. `MsgId` alone collides across users
/// (binarywang/WxJava#333), and `FromUserName` with `CreateTime` alone drops events
/// (chanjarster/weixin-java-tools#66).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKey {
    /// Of a message with a `MsgId`.
    Message {
        /// `MsgId`.
        id: u64,
        /// `CreateTime`.
        created: u64,
    },
    /// Of an event, or of a message without a `MsgId`, whose `event` is its `MsgType`.
    Event {
        /// `CreateTime`.
        created: u64,
        /// The event's name in lower case.
        event: String,
        /// `EventKey`, or empty.
        key: String,
    },
}

impl Message {
    /// Reads a plain body.
    ///
    /// # Errors
    /// See [`ParseError`]; an unknown kind is not an error.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let root = xml::parse(body)?;
        let required = |name| {
            root.text_of(name)?.filter(|text| !text.is_empty()).ok_or(ParseError::Missing(name))
        };
        let number = |name, text: &str| text.parse().map_err(|_| ParseError::NotANumber(name));
        let optional = |name| {
            root.text_of(name).map(|text| text.filter(|text| !text.is_empty()).map(str::to_owned))
        };
        let to = required("ToUserName")?.to_owned();
        let from = required("FromUserName")?.to_owned();
        let created = number("CreateTime", required("CreateTime")?)?;
        let name = required("MsgType")?;
        let id = optional("MsgId")?.map(|id| number("MsgId", &id)).transpose()?;
        let content = root.text_of("Content")?;
        let kind = match name.to_ascii_lowercase().as_str() {
            "text" => {
                let content = content.ok_or(ParseError::Missing("Content"))?;
                Kind::Text { content: content.to_owned() }
            }
            "image" => {
                Kind::Image { url: required("PicUrl")?.to_owned(), media: optional("MediaId")? }
            }
            "voice" => Kind::Voice {
                media: required("MediaId")?.to_owned(),
                format: optional("Format")?.unwrap_or_default(),
                recognition: optional("Recognition")?,
            },
            "event" => {
                let name = required("Event")?;
                let key = optional("EventKey")?;
                Kind::Event(match name.to_ascii_lowercase().as_str() {
                    "subscribe" => Event::Subscribe {
                        scene: key.map(|key| key.trim_start_matches("qrscene_").to_owned()),
                    },
                    "unsubscribe" => Event::Unsubscribe,
                    "click" => Event::Click { key: key.ok_or(ParseError::Missing("EventKey"))? },
                    _ => Event::Unknown { name: name.to_owned(), key, fields: root.children },
                })
            }
            _ => Kind::Unknown { name: name.to_owned(), fields: root.children },
        };
        Ok(Self { to, from, created, id, kind })
    }

    /// The kind's name in lower case, `event` among them; unknown kinds are `unknown`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Text { .. } => "text",
            Kind::Image { .. } => "image",
            Kind::Voice { .. } => "voice",
            Kind::Event(Event::Subscribe { .. }) => "subscribe",
            Kind::Event(Event::Unsubscribe) => "unsubscribe",
            Kind::Event(Event::Click { .. }) => "click",
            Kind::Event(Event::Unknown { .. }) => "event",
            Kind::Unknown { .. } => "unknown",
        }
    }

    /// The key by which a repeat of this message is recognised, within its account and user.
    #[must_use]
    pub fn key(&self) -> MessageKey {
        if let Some(id) = self.id {
            return MessageKey::Message { id, created: self.created };
        }
        let (event, key) = match &self.kind {
            Kind::Event(Event::Subscribe { scene }) => ("subscribe", scene.as_deref()),
            Kind::Event(Event::Unsubscribe) => ("unsubscribe", None),
            Kind::Event(Event::Click { key }) => ("click", Some(key.as_str())),
            Kind::Event(Event::Unknown { name, key, .. }) => (name.as_str(), key.as_deref()),
            Kind::Unknown { name, .. } => (name.as_str(), None),
            _ => (self.kind_name(), None),
        };
        MessageKey::Event {
            created: self.created,
            event: event.to_ascii_lowercase(),
            key: key.unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(fields: &str) -> Result<Message, ParseError> {
        Message::parse(
            format!(
                "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>\
                 <CreateTime>1700000000</CreateTime>{fields}</xml>"
            )
            .as_bytes(),
        )
    }

    #[test]
    fn an_event_name_is_compared_without_case_and_loses_its_scene_prefix() {
        let parsed = message(
            "<MsgType> event </MsgType><Event>Subscribe</Event><EventKey>qrscene_7</EventKey>",
        );
        let kind = Kind::Event(Event::Subscribe { scene: Some("7".into()) });
        assert_eq!(parsed.map(|parsed| parsed.kind), Ok(kind));
    }

    #[test]
    fn an_unknown_kind_is_kept_with_its_fields() {
        let parsed = message("<MsgType>hologram</MsgType><Depth>3</Depth>").expect("kept");
        let Kind::Unknown { name, fields } = parsed.kind else { panic!("not unknown") };
        assert_eq!(name, "hologram");
        assert!(fields.iter().any(|field| field.name == "Depth" && field.text == "3"));
    }

    #[test]
    fn a_missing_and_a_repeated_field_are_named() {
        assert_eq!(message(""), Err(ParseError::Missing("MsgType")));
        assert_eq!(message("<MsgType>text</MsgType>"), Err(ParseError::Missing("Content")));
        assert_eq!(
            message("<MsgType>text</MsgType><Content>a</Content><Content>b</Content>"),
            Err(ParseError::Repeated("Content"))
        );
    }

    #[test]
    fn two_events_of_one_second_have_two_keys() {
        let click = |key| {
            message(&format!(
                "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>{key}</EventKey>"
            ))
            .expect("a click")
            .key()
        };
        assert_ne!(click("a"), click("b"));
        assert_eq!(click("a"), click("a"));
    }
}
