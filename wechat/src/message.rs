//! What WeChat delivers: a user's message or an event (接收普通消息, 接收事件推送).

use std::sync::Arc;

use crate::element::Element;
use crate::error::ParseError;
pub use crate::event::Event;
use crate::fields::Fields;
pub use crate::key::MessageKey;
use crate::key::What;
pub use crate::place::Place;
use crate::tree::Tree;
use crate::{json, xml};

/// The text that WeChat sends in place of a message that it cannot deliver to a server, such as a
/// custom sticker or a shared contact (zhayujie/chatgpt-on-wechat).
pub const UNSUPPORTED: &str = "【收到不支持的消息类型，暂无法显示】";

/// One inbound message or event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `ToUserName`: the account's original id, `gh_…`.
    pub to: String,
    /// `FromUserName`: the user's OpenID.
    pub from: String,
    /// `CreateTime`, in seconds since 1970.
    pub created: u64,
    /// `MsgId` as it was sent; events have none. It is only compared, so it need not be a number,
    /// as the official pages promise: WeCom sends `CAIQg/PKxgYY2sC9tpuAAgMg9/zKaw==` (since
    /// September 2025).
    pub id: Option<Arc<str>>,
    /// For an event: SHA-1 over the names, the nesting and the texts of all its fields. It tells a
    /// repeat of the event from another event of the same second. Messages have `id` for this.
    pub digest: Option<[u8; 20]>,
    /// What was sent.
    pub kind: Kind,
    /// The fields that the kind has no place for and that are not empty. An unknown kind keeps all
    /// its fields itself.
    pub extra: Vec<Element>,
}

/// The kinds of message. A field that WeChat left out or sent empty is `None` or an empty text.
/// Only the fields that [`Message::parse`] calls required are refused when they are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `text`: typed text.
    Text {
        /// The text, trimmed.
        content: String,
    },
    /// `image`: a picture.
    Image {
        /// `PicUrl`: the address at which WeChat keeps it.
        url: String,
        /// `MediaId`: its handle in the media API; absent in old messages.
        media: Option<String>,
    },
    /// `voice`: a voice message. Its `MediaId16K` is in [`Message::extra`].
    Voice {
        /// `MediaId`.
        media: String,
        /// `Format`: `amr` or `speex`.
        format: String,
        /// `Recognition`: the recognised speech, if WeChat sent any.
        recognition: Option<String>,
    },
    /// `video`: a video.
    Video {
        /// `MediaId`.
        media: String,
        /// `ThumbMediaId`: its still picture.
        thumb: String,
    },
    /// `shortvideo`: a video taken in the chat.
    ShortVideo {
        /// `MediaId`.
        media: String,
        /// `ThumbMediaId`: its still picture.
        thumb: String,
    },
    /// `location`: a place that the user picked.
    Location(Place),
    /// `link`: a shared article.
    Link {
        /// `Title`.
        title: String,
        /// `Description`.
        description: String,
        /// `Url`.
        url: String,
    },
    /// `file`: a file. WeChat does not document it (JeffreySu/WeiXinMPSDK has received some).
    File {
        /// `Title`: its name.
        title: String,
        /// `Description`.
        description: String,
        /// `FileKey`.
        key: String,
        /// `FileMd5`.
        md5: String,
        /// `FileTotalLen`, in bytes.
        bytes: Option<u64>,
    },
    /// The text [`UNSUPPORTED`]: WeChat did not pass on what the user sent.
    Unsupported,
    /// `event`: an event.
    Event(Event),
    /// Any other `MsgType`, with all its fields.
    Unknown {
        /// `MsgType` as it was sent.
        name: String,
        /// The whole message.
        fields: Vec<Element>,
    },
}

/// The article from which a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Article<'a> {
    /// `MsgDataId`.
    pub id: &'a str,
    /// `Idx` as a number; `None` when it is not a number (the official sample says `xxxx`).
    pub index: Option<u32>,
}

impl Message {
    /// Reads a plain body in XML.
    ///
    /// `ToUserName`, `FromUserName`, `CreateTime` and `MsgType` are required, and for an event also
    /// `Event`. `MsgType` and `Event` are compared without case. Values are trimmed, and control
    /// characters are removed.
    ///
    /// # Errors
    /// See [`ParseError`]; an unknown kind is not an error.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let mut tree = Tree::new();
        xml::read(body, &mut tree)?;
        Self::read(Fields::of(&mut tree))
    }

    /// Reads a plain body in JSON. The same fields give the same value as in XML.
    ///
    /// # Errors
    /// See [`ParseError`]; an unknown kind is not an error.
    pub fn parse_json(body: &[u8]) -> Result<Self, ParseError> {
        let mut tree = Tree::new();
        json::read(body, &mut tree)?;
        Self::read(Fields::of(&mut tree))
    }

    fn read(mut fields: Fields<'_, '_>) -> Result<Self, ParseError> {
        fields.forbid_second("Content")?;
        fields.forbid_second("MsgId")?;
        let name = fields.lower("MsgType")?;
        let event = name.as_str() == "event";
        // The order matters: first the digest, then the kind, then the common fields. Taking a
        // field empties it, but the digest covers all fields, and an unknown kind keeps them all.
        let digest = event.then(|| fields.digest());
        let kind = Kind::read(&name, &mut fields)?;
        let to = fields.required_id("ToUserName")?;
        let from = fields.required_id("FromUserName")?;
        let created = fields.required_number("CreateTime")?;
        let id = if event { None } else { fields.id("MsgId")?.map(Arc::from) };
        fields.skip("MsgType");
        if event {
            fields.skip("Event");
        }
        let whole = matches!(kind, Kind::Unknown { .. } | Kind::Event(Event::Unknown { .. }));
        let extra = if whole { Vec::new() } else { fields.rest() };
        Ok(Self { to, from, created, id, digest, kind, extra })
    }

    /// The kind's name in lower case. For an event it is [`Event::name`]. Kinds without a variant
    /// are `unknown` or `event`, and [`Kind::Unsupported`] is `unsupported`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Text { .. } => "text",
            Kind::Image { .. } => "image",
            Kind::Voice { .. } => "voice",
            Kind::Video { .. } => "video",
            Kind::ShortVideo { .. } => "shortvideo",
            Kind::Location(_) => "location",
            Kind::Link { .. } => "link",
            Kind::File { .. } => "file",
            Kind::Unsupported => "unsupported",
            Kind::Event(event) => event.name(),
            Kind::Unknown { .. } => "unknown",
        }
    }

    /// The text of the first field of this name, among the fields that the kind has no place for.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let fields = match &self.kind {
            Kind::Unknown { fields, .. } | Kind::Event(Event::Unknown { fields, .. }) => fields,
            _ => &self.extra,
        };
        let found = fields.iter().find(|field| field.name == name);
        found.map(|field| field.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The article from which the message was sent, if there was one.
    #[must_use]
    pub fn article(&self) -> Option<Article<'_>> {
        let index = self.field("Idx").and_then(|index| index.parse().ok());
        self.field("MsgDataId").map(|id| Article { id, index })
    }

    /// `bizmsgmenuid`: the item that the user tapped in a customer-service menu (`msgmenu`). The
    /// text of the item is the content.
    #[must_use]
    pub fn menu_item(&self) -> Option<&str> {
        self.field("bizmsgmenuid")
    }

    /// `Ticket` of the QR code that was scanned.
    #[must_use]
    pub fn ticket(&self) -> Option<&str> {
        match &self.kind {
            Kind::Event(Event::Scan { ticket, .. }) => ticket.as_deref(),
            _ => self.field("Ticket"),
        }
    }

    /// The key by which a repeat of this message is recognised.
    #[must_use]
    pub fn key(&self) -> MessageKey {
        let what = match (&self.id, self.digest) {
            (Some(id), _) => What::Message(Arc::clone(id)),
            (None, Some(digest)) => What::Event(self.kind_name(), digest),
            (None, None) => What::Unidentified(self.kind_name()),
        };
        let (to, from) = (self.to.as_str().into(), self.from.as_str().into());
        MessageKey { to, from, created: self.created, what }
    }
}

impl Kind {
    /// Reads the kind whose name in lower case is `name`.
    fn read(name: &str, fields: &mut Fields<'_, '_>) -> Result<Self, ParseError> {
        Ok(match name {
            "text" => match fields.text("Content") {
                content if content == UNSUPPORTED => Self::Unsupported,
                content => Self::Text { content },
            },
            "image" => {
                Self::Image { url: fields.text("PicUrl"), media: fields.optional("MediaId") }
            }
            "voice" => Self::Voice {
                media: fields.text("MediaId"),
                format: fields.text("Format"),
                recognition: fields.optional("Recognition"),
            },
            "video" => {
                Self::Video { media: fields.text("MediaId"), thumb: fields.text("ThumbMediaId") }
            }
            "shortvideo" => Self::ShortVideo {
                media: fields.text("MediaId"),
                thumb: fields.text("ThumbMediaId"),
            },
            "location" => Self::Location(Place::read(fields)),
            "link" => Self::Link {
                title: fields.text("Title"),
                description: fields.text("Description"),
                url: fields.text("Url"),
            },
            "file" => Self::File {
                title: fields.text("Title"),
                description: fields.text("Description"),
                key: fields.text("FileKey"),
                md5: fields.text("FileMd5"),
                bytes: fields.lenient("FileTotalLen"),
            },
            "event" => Self::Event(Event::read(fields)?),
            _ => Self::Unknown { name: fields.peek("MsgType")?.to_owned(), fields: fields.all() },
        })
    }
}
