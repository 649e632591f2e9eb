//! How WeChat reads an answer (被动回复用户消息).

use wechat::reply::{NEWS_LIMIT, TEXT_LIMIT, news_limit};
use wechat::xml::Element;
use wechat::{Kind, Message, signature, xml};

use super::account::{Account, Mode};
use super::push::Answer;
use super::shown::{Fault, Shown};

/// The message that was answered, as far as the reading of the answer depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The user's OpenID, to whom the answer must go.
    pub user: String,
    /// The original id, from which it must come.
    pub account: String,
    /// How many articles are shown.
    pub articles: usize,
    /// Whether it is an event.
    pub event: bool,
}

impl Asked {
    /// What is asked by the body `xml`; by `user` of `account`, if it cannot be read.
    #[must_use]
    pub fn by(xml: &str, user: &str, account: &Account) -> Self {
        match Message::parse(xml.as_bytes()) {
            Ok(message) => Self {
                articles: news_limit(&message),
                event: matches!(message.kind, Kind::Event(_)),
                user: message.from,
                account: message.to,
            },
            Err(_) => Self {
                user: user.to_owned(),
                account: account.original_id.clone(),
                articles: NEWS_LIMIT,
                event: false,
            },
        }
    }
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The plain XML; `None` when there is none, as for `success`.
    pub plain: Option<String>,
    /// What the user sees; `None` is nothing.
    pub shown: Option<Shown>,
}

/// Reads the body of an answer with status 200. `success` and an empty body mean that there is no
/// reply; WeChat does not ask again.
#[must_use]
pub fn read(account: &Account, asked: &Asked, body: &[u8]) -> Reading {
    if matches!(body.trim_ascii_end(), b"" | b"success") {
        return Reading { plain: None, shown: None };
    }
    let plain = match open(account, body) {
        Ok(plain) => plain,
        Err(fault) => return Reading { plain: None, shown: Some(Shown::Notice(fault)) },
    };
    let shown = reply(asked, &plain).unwrap_or_else(Shown::Notice);
    Reading { plain: Some(plain), shown: Some(shown) }
}

/// Whether a server that answered so is the account's: status 200 and exactly `echo`.
#[must_use]
pub fn is_echo(answer: &Answer, echo: &str) -> bool {
    answer.status == 200 && answer.body == echo.as_bytes()
}

/// The plain XML of an answer.
///
/// # Errors
/// When it is not in the form that the account's mode asks for.
pub fn open(account: &Account, body: &[u8]) -> Result<String, Fault> {
    let root = well_formed(body)?;
    let Some(encrypted) = root.child("Encrypt") else {
        return match account.mode {
            Mode::Safe(_) => Err(Fault::NotEncrypted),
            // It was read, so it is UTF-8.
            Mode::Plain | Mode::Compat(_) => Ok(String::from_utf8_lossy(body).into_owned()),
        };
    };
    let Some(key) = account.mode.key() else { return Err(Fault::Encrypted) };
    let (timestamp, nonce) = (text(&root, "TimeStamp")?, text(&root, "Nonce")?);
    let (signature, encrypted) = (text(&root, "MsgSignature")?, &encrypted.text);
    if !signature::verify_message(&account.token, timestamp, nonce, encrypted, signature) {
        return Err(Fault::Signature);
    }
    key.decrypt(encrypted, &account.app_id).map_err(|_| Fault::Undecryptable)
}

/// The elements of a body that XML allows, with nothing before the root but its declaration.
fn well_formed(body: &[u8]) -> Result<Element, Fault> {
    let root = xml::parse_well_formed(body)?;
    let text = String::from_utf8_lossy(body);
    match text.chars().next() {
        Some(first) if first != '<' => return Err(Fault::Before(first)),
        _ => {}
    }
    let control = text.chars().find(|each| *each < ' ' && !matches!(each, '\t' | '\n' | '\r'));
    control.map_or(Ok(root), |control| Err(Fault::Control(u32::from(control))))
}

/// What the user sees of a plain reply.
fn reply(asked: &Asked, plain: &str) -> Result<Shown, Fault> {
    let root = well_formed(plain.as_bytes())?;
    let (to, from) = (text(&root, "ToUserName")?, text(&root, "FromUserName")?);
    if to != asked.user {
        return Err(Fault::Receiver(to.to_owned()));
    }
    if from != asked.account {
        return Err(Fault::Sender(from.to_owned()));
    }
    number(&root, "CreateTime")?;
    match text(&root, "MsgType")? {
        "text" => match optional(&root, "Content") {
            "" => Err(Fault::EmptyText),
            content if content.len() > TEXT_LIMIT => Err(Fault::LongText(content.len())),
            content => Ok(Shown::Text(content.to_owned())),
        },
        "image" => media(&root, "image", "Image"),
        "voice" => media(&root, "voice", "Voice"),
        "video" => media(&root, "video", "Video"),
        "music" => {
            let music = root.child("Music").ok_or(Fault::Missing("Music"))?;
            // Absent is allowed, empty is not (node-webot/wechat#206).
            if music.child("ThumbMediaId").is_some_and(|thumb| thumb.text.is_empty()) {
                return Err(Fault::Missing("ThumbMediaId"));
            }
            let (title, url) = (optional(music, "Title"), optional(music, "MusicUrl"));
            Ok(Shown::Music { title: title.to_owned(), url: url.to_owned() })
        }
        "news" => {
            let articles = root.child("Articles").ok_or(Fault::Missing("Articles"))?;
            let count = number(&root, "ArticleCount")?;
            let items = articles.children.iter().filter(|child| child.name == "item");
            let titles: Vec<_> = items.map(|item| optional(item, "Title").to_owned()).collect();
            if titles.is_empty() || titles.len() != count {
                return Err(Fault::Articles { items: titles.len(), count });
            }
            Ok(Shown::News(titles.into_iter().take(asked.articles).collect()))
        }
        "transfer_customer_service" if asked.event => {
            Err(Fault::Transfer("transfer_customer_service"))
        }
        "transfer_customer_service" => Ok(Shown::Staff),
        "transfer_biz_ai_ivr" if asked.event => Err(Fault::Transfer("transfer_biz_ai_ivr")),
        "transfer_biz_ai_ivr" => Ok(Shown::Ai),
        other => Err(Fault::Kind(other.to_owned())),
    }
}

fn media(root: &Element, kind: &'static str, name: &'static str) -> Result<Shown, Fault> {
    let media = root.child(name).ok_or(Fault::Missing(name))?;
    Ok(Shown::Media { kind, media: text(media, "MediaId")?.to_owned() })
}

/// The text of a field that must be there once and not be empty.
fn text<'a>(element: &'a Element, name: &'static str) -> Result<&'a str, Fault> {
    let found = element.text_of(name).ok().flatten();
    found.filter(|text| !text.is_empty()).ok_or(Fault::Missing(name))
}

fn optional<'a>(element: &'a Element, name: &str) -> &'a str {
    element.child(name).map_or("", |child| &child.text)
}

fn number(element: &Element, name: &'static str) -> Result<usize, Fault> {
    text(element, name)?.parse().map_err(|_| Fault::NotANumber(name))
}
