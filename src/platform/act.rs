//! What a user does, and the XML that WeChat makes of it (接收普通消息, 接收事件推送).

use std::fmt::Write as _;
use std::time::Duration;

use serde::Deserialize;

/// What a user does. As JSON: `{"text": "hi"}`, `"image"`, `{"menu": "KEY"}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Says a text.
    Text(String),
    /// Sends a picture.
    Image,
    /// Speaks, and WeChat recognises these words; it may recognise none.
    Voice(String),
    /// Sends a video.
    Video,
    /// Sends a video taken in the chat.
    ShortVideo,
    /// Sends a place.
    Location {
        /// In degrees, north is positive.
        latitude: f64,
        /// In degrees, east is positive.
        longitude: f64,
        /// Its name.
        label: String,
    },
    /// Shares an article.
    Link {
        /// Its title.
        title: String,
        /// Its address.
        url: String,
    },
    /// Taps the menu item with this key.
    Menu(String),
    /// Begins to follow the account.
    Subscribe,
    /// Stops following the account.
    Unsubscribe,
    /// Scans the account's QR code with this scene. Who does not follow the account yet follows it
    /// now.
    Scan(String),
    /// Any XML, sent as it is.
    Raw(String),
}

/// What a message needs besides what the user does.
pub(crate) struct Stamp<'a> {
    pub(crate) user: &'a str,
    pub(crate) account: &'a str,
    pub(crate) now: Duration,
    /// No other message of the platform has it.
    pub(crate) serial: u64,
    pub(crate) follows: bool,
    /// The ticket of the scanned QR code.
    pub(crate) ticket: &'a str,
}

impl Act {
    /// The body as WeChat makes it. A `]]>` in a user's text is not split, because WeChat does not
    /// split it either: a server has to cope with that.
    pub(crate) fn xml(&self, stamp: &Stamp<'_>) -> String {
        let Stamp { user, account, now, serial, follows, ticket } = *stamp;
        if let Self::Raw(xml) = self {
            return xml.clone();
        }
        let mut body = String::from("<xml>");
        field(&mut body, "ToUserName", account);
        field(&mut body, "FromUserName", user);
        number(&mut body, "CreateTime", now.as_secs());
        let media = format!("media-{serial}");
        let mut kind = |name: &str, fields: &[(&str, &str)]| {
            field(&mut body, "MsgType", name);
            for (name, text) in fields {
                field(&mut body, name, text);
            }
        };
        match self {
            Self::Text(content) => kind("text", &[("Content", content)]),
            Self::Image => {
                let url = format!("http://127.0.0.1/{media}.jpg");
                kind("image", &[("PicUrl", &url), ("MediaId", &media)]);
            }
            Self::Voice(words) => {
                let fields = [("MediaId", &*media), ("Format", "amr"), ("Recognition", words)];
                kind("voice", &fields);
            }
            Self::Video => kind("video", &[("MediaId", &media), ("ThumbMediaId", "thumb")]),
            Self::ShortVideo => {
                kind("shortvideo", &[("MediaId", &media), ("ThumbMediaId", "thumb")]);
            }
            Self::Location { latitude, longitude, label } => {
                let (x, y) = (latitude.to_string(), longitude.to_string());
                let place = [("Location_X", &*x), ("Location_Y", &y), ("Scale", "16")];
                kind("location", &place);
                field(&mut body, "Label", label);
            }
            Self::Link { title, url } => {
                kind("link", &[("Title", title), ("Description", ""), ("Url", url)]);
            }
            Self::Menu(key) => kind("event", &[("Event", "CLICK"), ("EventKey", key)]),
            Self::Subscribe => kind("event", &[("Event", "subscribe"), ("EventKey", "")]),
            Self::Unsubscribe => kind("event", &[("Event", "unsubscribe"), ("EventKey", "")]),
            Self::Scan(scene) if follows => {
                kind("event", &[("Event", "SCAN"), ("EventKey", scene), ("Ticket", ticket)]);
            }
            Self::Scan(scene) => {
                let key = format!("qrscene_{scene}");
                kind("event", &[("Event", "subscribe"), ("EventKey", &key), ("Ticket", ticket)]);
            }
            Self::Raw(_) => {}
        }
        let event =
            matches!(self, Self::Menu(_) | Self::Subscribe | Self::Unsubscribe | Self::Scan(_));
        if !event {
            number(&mut body, "MsgId", serial);
        }
        body.push_str("</xml>");
        body
    }
}

fn field(body: &mut String, name: &str, text: &str) {
    // Writing into a `String` cannot fail.
    let _ = write!(body, "<{name}><![CDATA[{text}]]></{name}>");
}

fn number(body: &mut String, name: &str, number: u64) {
    let _ = write!(body, "<{name}>{number}</{name}>");
}
