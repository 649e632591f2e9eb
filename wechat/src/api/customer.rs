//! Customer-service messages (发送客服消息). They can reach a user later than the passive reply: up to 48
//! hours and 5 messages after the user wrote, or 1 minute and 3 messages after a tap on the menu, a
//! subscription or a scan.
//!
//! Serialise them with `serde_json`. It writes UTF-8 unchanged; WeChat would show `\uXXXX`
//! literally.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::message::{Kind, Message};
use crate::reply::Reply;

/// `POST` [`Outgoing`] here, with `?access_token=…`.
pub const SEND_PATH: &str = "/cgi-bin/message/custom/send";
/// `POST` [`Typing`] here, with `?access_token=…`.
pub const TYPING_PATH: &str = "/cgi-bin/message/custom/typing";

/// A message to one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The user's OpenID.
    #[serde(rename = "touser")]
    pub to: String,
    /// What it says.
    #[serde(flatten)]
    pub message: CustomerMessage,
    /// The member of staff who is shown as the sender.
    #[serde(rename = "customservice", skip_serializing_if = "Option::is_none")]
    pub staff: Option<Staff>,
}

impl Outgoing {
    /// A message in the account's own name.
    pub fn new(to: impl Into<String>, message: CustomerMessage) -> Self {
        Self { to: to.into(), message, staff: None }
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// `kf_account`: `name@account`.
    #[serde(rename = "kf_account")]
    pub account: String,
}

/// The kinds of customer-service message. Each is written as `"msgtype": name, name: {…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub enum CustomerMessage {
    /// Text.
    Text(Text),
    /// An uploaded picture.
    Image(Media),
    /// An uploaded recording.
    Voice(Media),
    /// An uploaded video.
    Video(Video),
    /// Music.
    Music(Music),
    /// An article with a link to any page; WeChat accepts one.
    News(News),
    /// Articles from the account's material.
    MpNews(Media),
    /// A published article.
    MpNewsArticle(PublishedArticle),
    /// A question with answers to tap. The user's answer comes as a text message with
    /// [`menu_item`](crate::Message::menu_item).
    MsgMenu(Menu),
    /// A card or coupon.
    WxCard(Card),
    /// A page of a mini program.
    MiniProgramPage(MiniProgramPage),
}

impl CustomerMessage {
    /// The message that says what a passive reply says; of several articles the first. `None` when
    /// there is no such message: for a hand-over, for music without a picture, and for no reply.
    #[must_use]
    pub fn of(reply: &Reply) -> Option<Self> {
        let media = |id: &str| Media { media_id: id.to_owned() };
        Some(match reply {
            Reply::Text(text) => Self::Text(Text { content: text.as_str().to_owned() }),
            Reply::Image(image) => Self::Image(media(image.as_str())),
            Reply::Voice(voice) => Self::Voice(media(voice.as_str())),
            Reply::Video(video) => Self::Video(Video {
                media_id: video.media.as_str().to_owned(),
                thumb_media_id: None,
                title: video.title.clone(),
                description: video.description.clone(),
            }),
            Reply::Music(music) => {
                let url = music.url.clone()?;
                Self::Music(Music {
                    title: music.title.clone(),
                    description: music.description.clone(),
                    high_quality_url: music.high_quality_url.clone().unwrap_or(url.clone()),
                    url,
                    thumb: music.thumb.clone()?,
                })
            }
            Reply::News(news) => {
                let article = news.articles().next()?;
                let articles = vec![Article {
                    title: article.title.clone(),
                    description: article.description.clone(),
                    url: article.url.clone(),
                    picture: article.picture.clone(),
                }];
                Self::News(News { articles })
            }
            Reply::TransferCustomerService(_)
            | Reply::TransferBizAiIvr
            | Reply::Success
            | Reply::Empty => return None,
        })
    }
}

/// How long after something that a user does, and how many times, the account may write to the
/// user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How long it is open.
    pub lasts: Duration,
    /// How many messages may be sent in it.
    pub messages: u32,
}

impl Window {
    /// After a message: 48 hours and 5 messages.
    pub const MESSAGE: Self = Self { lasts: Duration::from_secs(48 * 3600), messages: 5 };
    /// After a tap on a menu, a subscription or a scan: 1 minute and 3 messages.
    pub const ACTION: Self = Self { lasts: Duration::from_secs(60), messages: 3 };

    /// The window that a message or an event opens. `None` for an event that opens none, such as
    /// the end of a job. An item that was tapped in a customer-service menu counts as a tap.
    #[must_use]
    pub fn opened_by(message: &Message) -> Option<Self> {
        match &message.kind {
            Kind::Event(
                Event::Subscribe { .. }
                | Event::Scan { .. }
                | Event::Click { .. }
                | Event::ScanCode { .. },
            ) => Some(Self::ACTION),
            Kind::Event(_) => None,
            _ if message.menu_item().is_some() => Some(Self::ACTION),
            _ => Some(Self::MESSAGE),
        }
    }
}

/// With serde, the content that stands next to a tag must have a fixed name. Therefore each variant
/// here has a field name of its own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
enum Wire {
    Text { text: Text },
    Image { image: Media },
    Voice { voice: Media },
    Video { video: Video },
    Music { music: Music },
    News { news: News },
    MpNews { mpnews: Media },
    MpNewsArticle { mpnewsarticle: PublishedArticle },
    MsgMenu { msgmenu: Menu },
    WxCard { wxcard: Card },
    MiniProgramPage { miniprogrampage: MiniProgramPage },
}

impl From<CustomerMessage> for Wire {
    fn from(message: CustomerMessage) -> Self {
        match message {
            CustomerMessage::Text(text) => Self::Text { text },
            CustomerMessage::Image(image) => Self::Image { image },
            CustomerMessage::Voice(voice) => Self::Voice { voice },
            CustomerMessage::Video(video) => Self::Video { video },
            CustomerMessage::Music(music) => Self::Music { music },
            CustomerMessage::News(news) => Self::News { news },
            CustomerMessage::MpNews(mpnews) => Self::MpNews { mpnews },
            CustomerMessage::MpNewsArticle(mpnewsarticle) => Self::MpNewsArticle { mpnewsarticle },
            CustomerMessage::MsgMenu(msgmenu) => Self::MsgMenu { msgmenu },
            CustomerMessage::WxCard(wxcard) => Self::WxCard { wxcard },
            CustomerMessage::MiniProgramPage(miniprogrampage) => {
                Self::MiniProgramPage { miniprogrampage }
            }
        }
    }
}

impl From<Wire> for CustomerMessage {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Text { text } => Self::Text(text),
            Wire::Image { image } => Self::Image(image),
            Wire::Voice { voice } => Self::Voice(voice),
            Wire::Video { video } => Self::Video(video),
            Wire::Music { music } => Self::Music(music),
            Wire::News { news } => Self::News(news),
            Wire::MpNews { mpnews } => Self::MpNews(mpnews),
            Wire::MpNewsArticle { mpnewsarticle } => Self::MpNewsArticle(mpnewsarticle),
            Wire::MsgMenu { msgmenu } => Self::MsgMenu(msgmenu),
            Wire::WxCard { wxcard } => Self::WxCard(wxcard),
            Wire::MiniProgramPage { miniprogrampage } => Self::MiniProgramPage(miniprogrampage),
        }
    }
}

/// Text, at most [`TEXT_LIMIT`](crate::reply::TEXT_LIMIT) bytes ([`split`](crate::reply::split)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What it says.
    pub content: String,
}

/// Something that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its handle.
    pub media_id: String,
}

/// An uploaded video with its title and description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Video {
    /// Its handle.
    pub media_id: String,
    /// The handle of its still picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumb_media_id: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Music with its title and description.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Music {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its address.
    #[serde(rename = "musicurl")]
    pub url: String,
    /// Its address in better quality, for Wi-Fi.
    #[serde(rename = "hqmusicurl")]
    pub high_quality_url: String,
    /// The handle of its picture.
    #[serde(rename = "thumb_media_id")]
    pub thumb: String,
}

/// Articles; WeChat accepts one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The articles.
    pub articles: Vec<Article>,
}

/// An article with a link to any page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// The address of the page.
    pub url: String,
    /// Its picture.
    #[serde(rename = "picurl")]
    pub picture: String,
}

/// A published article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedArticle {
    /// Its number.
    pub article_id: String,
}

/// A question with answers to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// The question.
    #[serde(rename = "head_content")]
    pub head: String,
    /// The answers.
    pub list: Vec<MenuItem>,
    /// The text below the answers.
    #[serde(rename = "tail_content")]
    pub tail: String,
}

/// An answer to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItem {
    /// The id that comes back as `bizmsgmenuid`.
    pub id: String,
    /// The text that the user sees; it comes back as the text of the message.
    pub content: String,
}

/// A card or coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its number.
    pub card_id: String,
}

/// A page of a mini program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniProgramPage {
    /// Its title.
    pub title: String,
    /// The mini program's AppID; it must be linked to the account.
    #[serde(rename = "appid")]
    pub app_id: String,
    /// The page.
    #[serde(rename = "pagepath")]
    pub path: String,
    /// The handle of its picture.
    #[serde(rename = "thumb_media_id")]
    pub thumb: String,
}

/// Shows or hides "is typing …" in the user's chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The user's OpenID.
    #[serde(rename = "touser")]
    pub to: String,
    /// Show or hide.
    pub command: TypingCommand,
}

/// The effect of [`Typing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypingCommand {
    /// Shows it.
    Typing,
    /// Hides it.
    CancelTyping,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_is_written_under_its_name_and_read_back() {
        let media = || Media { media_id: "m".into() };
        for (message, name, content) in [
            (
                CustomerMessage::Text(Text { content: "你好".into() }),
                "text",
                json!({"content": "你好"}),
            ),
            (CustomerMessage::Image(media()), "image", json!({"media_id": "m"})),
            (CustomerMessage::Voice(media()), "voice", json!({"media_id": "m"})),
            (
                CustomerMessage::Video(Video { media_id: "m".into(), ..Video::default() }),
                "video",
                json!({"media_id": "m"}),
            ),
            (
                CustomerMessage::Music(Music { url: "u".into(), ..Music::default() }),
                "music",
                json!({"musicurl": "u", "hqmusicurl": "", "thumb_media_id": ""}),
            ),
            (
                CustomerMessage::News(News { articles: vec![Article::default()] }),
                "news",
                json!({"articles": [{"title": "", "description": "", "url": "", "picurl": ""}]}),
            ),
            (CustomerMessage::MpNews(media()), "mpnews", json!({"media_id": "m"})),
            (
                CustomerMessage::MpNewsArticle(PublishedArticle { article_id: "a".into() }),
                "mpnewsarticle",
                json!({"article_id": "a"}),
            ),
            (
                CustomerMessage::MsgMenu(Menu {
                    head: "h".into(),
                    list: vec![MenuItem { id: "1".into(), content: "c".into() }],
                    tail: "t".into(),
                }),
                "msgmenu",
                json!({"head_content": "h", "list": [{"id": "1", "content": "c"}], "tail_content": "t"}),
            ),
            (
                CustomerMessage::WxCard(Card { card_id: "c".into() }),
                "wxcard",
                json!({"card_id": "c"}),
            ),
            (
                CustomerMessage::MiniProgramPage(MiniProgramPage {
                    title: "t".into(),
                    app_id: "a".into(),
                    path: "p".into(),
                    thumb: "m".into(),
                }),
                "miniprogrampage",
                json!({"title": "t", "appid": "a", "pagepath": "p", "thumb_media_id": "m"}),
            ),
        ] {
            let outgoing = Outgoing::new("o1", message);
            let expected = json!({"touser": "o1", "msgtype": name, name: content});
            assert_eq!(serde_json::to_value(&outgoing).expect("JSON"), expected);
            assert_eq!(serde_json::from_value::<Outgoing>(expected).expect("ours"), outgoing);
        }
    }

    #[test]
    fn the_staff_member_is_named_beside_the_message_and_text_stays_utf8() {
        let text = CustomerMessage::Text(Text { content: "好😀".into() });
        let staff = Some(Staff { account: "a@b".into() });
        let body = serde_json::to_string(&Outgoing { staff, ..Outgoing::new("o1", text) });
        let body = body.expect("JSON");
        assert!(body.contains("好😀") && body.contains(r#""customservice":{"kf_account":"a@b"}"#));
    }

    #[test]
    fn a_passive_reply_has_the_same_words_in_a_message_or_no_message() {
        let said = |reply: &Reply| CustomerMessage::of(reply);
        let text = Reply::text("好").expect("short");
        assert_eq!(said(&text), Some(CustomerMessage::Text(Text { content: "好".into() })));
        let media = Some(Media { media_id: "m".into() });
        let image = Reply::image("m").expect("named");
        assert_eq!(said(&image), media.clone().map(CustomerMessage::Image));
        let voice = Reply::voice("m").expect("named");
        assert_eq!(said(&voice), media.map(CustomerMessage::Voice));
        let video = Reply::video("m", Some("t".into()), None).expect("named");
        let expected = Video { media_id: "m".into(), title: Some("t".into()), ..Video::default() };
        assert_eq!(said(&video), Some(CustomerMessage::Video(expected)));
        let music = |thumb: Option<&str>| {
            Reply::music(crate::reply::Music {
                url: Some("u".into()),
                thumb: thumb.map(str::to_owned),
                ..Default::default()
            })
        };
        let expected = Music {
            url: "u".into(),
            high_quality_url: "u".into(),
            thumb: "p".into(),
            ..Music::default()
        };
        assert_eq!(said(&music(Some("p"))), Some(CustomerMessage::Music(expected)));
        assert_eq!(said(&music(None)), None);
        let article = |title: &str| crate::reply::NewsArticle {
            title: title.into(),
            url: "u".into(),
            ..Default::default()
        };
        let news = Reply::news(vec![article("a"), article("b")]).expect("few");
        let first = Article { title: "a".into(), url: "u".into(), ..Article::default() };
        assert_eq!(said(&news), Some(CustomerMessage::News(News { articles: vec![first] })));
        let staff = Reply::transfer_customer_service(None).expect("nobody is named");
        for none in [staff, Reply::TransferBizAiIvr, Reply::Success, Reply::Empty] {
            assert_eq!(said(&none), None, "{none:?}");
        }
    }

    #[test]
    fn a_message_opens_a_long_window_an_action_a_short_one_and_other_events_none() {
        let opened = |kind: &str, fields: &str| {
            let xml = format!(
                "<xml><ToUserName>gh</ToUserName><FromUserName>a</FromUserName>\
                 <CreateTime>1</CreateTime><MsgType>{kind}</MsgType>{fields}</xml>"
            );
            Window::opened_by(&Message::parse(xml.as_bytes()).expect("a message"))
        };
        let menu = "<Content>a</Content><bizmsgmenuid>1</bizmsgmenuid>";
        assert_eq!(opened("text", "<Content>a</Content>"), Some(Window::MESSAGE));
        assert_eq!(opened("location", ""), Some(Window::MESSAGE));
        assert_eq!(opened("text", menu), Some(Window::ACTION));
        for event in ["subscribe", "SCAN", "CLICK", "scancode_push", "scancode_waitmsg"] {
            let fields = format!("<Event>{event}</Event><EventKey>k</EventKey>");
            assert_eq!(opened("event", &fields), Some(Window::ACTION), "{event}");
        }
        for event in ["unsubscribe", "VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "invented"] {
            let fields = format!("<Event>{event}</Event>");
            assert_eq!(opened("event", &fields), None, "{event}");
        }
    }

    #[test]
    fn typing_is_shown_and_hidden() {
        let typing = Typing { to: "o1".into(), command: TypingCommand::CancelTyping };
        let body = serde_json::to_string(&typing).expect("JSON");
        assert_eq!(body, r#"{"touser":"o1","command":"CancelTyping"}"#);
    }
}
