//! What to answer (被动回复用户消息).

use std::fmt::Write as _;

use thiserror::Error;

use crate::cdata;
use crate::message::{Kind, Message};

/// The most bytes of text that WeChat delivers. Longer texts do not reach the user. No official
/// page gives this number (dodgepudding/wechat-php-sdk#363, silenceper/wechat#673).
pub const TEXT_LIMIT: usize = 2048;
/// The most articles of a news reply.
pub const NEWS_LIMIT: usize = 8;

/// An answer to one message. When a text is put in, it loses the characters that XML 1.0 cannot
/// contain. So a reply that could be built can always be rendered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reply {
    /// A text, built by [`Reply::text`].
    Text(Text),
    /// An uploaded picture, built by [`Reply::image`].
    Image(Media),
    /// An uploaded recording, built by [`Reply::voice`].
    Voice(Media),
    /// An uploaded video, built by [`Reply::video`].
    Video(Video),
    /// Music, built by [`Reply::music`].
    Music(Music),
    /// Articles, built by [`Reply::news`].
    News(News),
    /// Hands the user over to human staff; built by [`Reply::transfer_customer_service`]. It can
    /// answer messages, but not events.
    TransferCustomerService(Option<StaffAccount>),
    /// Hands the user over to the platform's AI, which must be switched on. It can answer messages,
    /// but not events (binarywang/WxJava, `WxMpXmlOutTransferBizAiIvrMessage`).
    TransferBizAiIvr,
    /// The word `success`: the user gets no answer, and WeChat does not try again.
    Success,
    /// An empty body. It means the same as [`Success`](Self::Success), which WeChat recommends.
    Empty,
}

/// Text that WeChat delivers: not empty, and at most [`TEXT_LIMIT`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

/// The `MediaId` of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Media(String);

/// The account of a member of staff, `name@account`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaffAccount(String);

impl Text {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Media {
    /// The `MediaId` itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StaffAccount {
    /// The account itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An uploaded video with its title and description.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Video {
    pub(crate) media: Media,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
}

/// Music with its title and description. Fields that are `None` or empty are left out of the reply.
/// This matters for `ThumbMediaId`: if it is empty, WeChat shows its error notice
/// (node-webot/wechat#206).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Music {
    /// `Title`.
    pub title: Option<String>,
    /// `Description`.
    pub description: Option<String>,
    /// `MusicUrl`.
    pub url: Option<String>,
    /// `HQMusicUrl`: played if there is Wi-Fi.
    pub high_quality_url: Option<String>,
    /// `ThumbMediaId`: an uploaded picture.
    pub thumb: Option<String>,
}

/// 1 to [`NEWS_LIMIT`] articles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct News(Vec<NewsArticle>);

impl News {
    /// The articles, the first one first.
    pub fn articles(&self) -> impl Iterator<Item = &NewsArticle> {
        self.0.iter()
    }
}

/// An article of a news reply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct NewsArticle {
    /// `Title`.
    pub title: String,
    /// `Description`.
    pub description: String,
    /// `PicUrl`: its picture.
    pub picture: String,
    /// `Url`: the page that it opens.
    pub url: String,
}

/// Why a reply cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// The text is empty. WeChat would show an error notice.
    #[error("a text reply is empty: answer `success` instead")]
    Empty,
    /// Longer than [`TEXT_LIMIT`].
    #[error(
        "a text reply has {0} bytes, WeChat delivers at most {TEXT_LIMIT}: cut it with `split`"
    )]
    TooLong(usize),
    /// A media reply without `MediaId`, or a transfer to an account without a name.
    #[error("a reply refers to {0} without naming it: WeChat would show an error notice")]
    Unnamed(&'static str),
    /// No article, or more than [`NEWS_LIMIT`].
    #[error("a news reply has {0} articles: WeChat accepts 1 to {NEWS_LIMIT}")]
    Articles(usize),
}

impl Reply {
    /// A text reply.
    ///
    /// # Errors
    /// When the text is empty after the removal of characters, or longer than [`TEXT_LIMIT`] bytes.
    /// [`Reply::split`] cuts longer texts.
    pub fn text(content: impl Into<String>) -> Result<Self, ReplyError> {
        let content = legal(content);
        match content.len() {
            0 => Err(ReplyError::Empty),
            1..=TEXT_LIMIT => Ok(Self::Text(Text(content))),
            length => Err(ReplyError::TooLong(length)),
        }
    }

    /// How many bytes of memory its texts take; for articles, with the list that holds them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of = |texts: &[&Option<String>]| {
            texts.iter().map(|text| text.as_ref().map_or(0, String::len)).sum::<usize>()
        };
        match self {
            Self::Text(Text(text)) | Self::Image(Media(text)) | Self::Voice(Media(text)) => {
                text.len()
            }
            Self::Video(Video { media: Media(media), title, description }) => {
                media.len() + of(&[title, description])
            }
            Self::Music(Music { title, description, url, high_quality_url, thumb }) => {
                of(&[title, description, url, high_quality_url, thumb])
            }
            Self::News(News(articles)) => {
                let article = |NewsArticle { title, description, picture, url }: &NewsArticle| {
                    size_of::<NewsArticle>()
                        + [title, description, picture, url].map(String::len).iter().sum::<usize>()
                };
                articles.iter().map(article).sum()
            }
            Self::TransferCustomerService(staff) => {
                staff.as_ref().map_or(0, |StaffAccount(account)| account.len())
            }
            Self::TransferBizAiIvr | Self::Success | Self::Empty => 0,
        }
    }

    /// Text replies that together contain `content`, cut between characters; none when it is empty.
    /// A request has only one answer, so the others must be sent as customer-service messages, or
    /// later.
    #[must_use]
    pub fn split(content: impl Into<String>) -> Vec<Self> {
        let content = legal(content);
        split(&content, TEXT_LIMIT).map(|part| Self::Text(Text(part.to_owned()))).collect()
    }

    /// An uploaded picture (no animated GIF).
    ///
    /// # Errors
    /// When `media` is empty.
    pub fn image(media: impl Into<String>) -> Result<Self, ReplyError> {
        named("an image", media).map(|media| Self::Image(Media(media)))
    }

    /// An uploaded recording.
    ///
    /// # Errors
    /// When `media` is empty.
    pub fn voice(media: impl Into<String>) -> Result<Self, ReplyError> {
        named("a voice message", media).map(|media| Self::Voice(Media(media)))
    }

    /// An uploaded video, and optionally its title and description.
    ///
    /// # Errors
    /// When `media` is empty.
    pub fn video(
        media: impl Into<String>,
        title: Option<String>,
        description: Option<String>,
    ) -> Result<Self, ReplyError> {
        let media = Media(named("a video", media)?);
        Ok(Self::Video(Video {
            media,
            title: title.map(legal),
            description: description.map(legal),
        }))
    }

    /// Music.
    #[must_use]
    pub fn music(music: Music) -> Self {
        let filled = |text: Option<String>| text.map(legal).filter(|text| !text.is_empty());
        Self::Music(Music {
            title: filled(music.title),
            description: filled(music.description),
            url: filled(music.url),
            high_quality_url: filled(music.high_quality_url),
            thumb: filled(music.thumb),
        })
    }

    /// Articles. In answer to a text, picture, recording, video, link or place WeChat shows only
    /// the first article (since 2018-10-12), so [`render`](Self::render) sends only one.
    ///
    /// # Errors
    /// When there is none, or more than [`NEWS_LIMIT`].
    pub fn news(articles: Vec<NewsArticle>) -> Result<Self, ReplyError> {
        if !(1..=NEWS_LIMIT).contains(&articles.len()) {
            return Err(ReplyError::Articles(articles.len()));
        }
        let legal = |article: NewsArticle| NewsArticle {
            title: legal(article.title),
            description: legal(article.description),
            picture: legal(article.picture),
            url: legal(article.url),
        };
        Ok(Self::News(News(articles.into_iter().map(legal).collect())))
    }

    /// Hands the user over to human staff. If an account is given, to this member of staff.
    ///
    /// # Errors
    /// When the account is empty.
    pub fn transfer_customer_service(account: Option<String>) -> Result<Self, ReplyError> {
        let account = account.map(|account| named("a staff account", account)).transpose()?;
        Ok(Self::TransferCustomerService(account.map(StaffAccount)))
    }

    /// The body of the answer to `message`, made at `created` (seconds since 1970). Sender and
    /// receiver are taken from the message, so they cannot be forgotten or swapped.
    #[must_use]
    pub fn render(&self, message: &Message, created: u64) -> String {
        let name = match self {
            Self::Success => return "success".to_owned(),
            Self::Empty => return String::new(),
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Voice(_) => "voice",
            Self::Video(_) => "video",
            Self::Music(_) => "music",
            Self::News(_) => "news",
            Self::TransferCustomerService(_) => "transfer_customer_service",
            Self::TransferBizAiIvr => "transfer_biz_ai_ivr",
        };
        let mut body = Body(String::with_capacity(256 + self.size()));
        body.open("xml");
        body.field("ToUserName", &message.from);
        body.field("FromUserName", &message.to);
        body.number("CreateTime", created);
        body.field("MsgType", name);
        match self {
            Self::Text(text) => body.field("Content", &text.0),
            Self::Image(media) => body.inside("Image", |body| body.field("MediaId", &media.0)),
            Self::Voice(media) => body.inside("Voice", |body| body.field("MediaId", &media.0)),
            Self::Video(video) => body.inside("Video", |body| {
                body.field("MediaId", &video.media.0);
                body.optional("Title", video.title.as_deref());
                body.optional("Description", video.description.as_deref());
            }),
            Self::Music(music) => body.inside("Music", |body| {
                body.optional("Title", music.title.as_deref());
                body.optional("Description", music.description.as_deref());
                body.optional("MusicUrl", music.url.as_deref());
                body.optional("HQMusicUrl", music.high_quality_url.as_deref());
                body.optional("ThumbMediaId", music.thumb.as_deref());
            }),
            Self::News(News(articles)) => {
                let articles = &articles[..articles.len().min(news_limit(message))];
                // At most 8.
                body.number("ArticleCount", articles.len() as u64);
                body.inside("Articles", |body| {
                    for article in articles {
                        body.inside("item", |body| {
                            body.field("Title", &article.title);
                            body.field("Description", &article.description);
                            body.field("PicUrl", &article.picture);
                            body.field("Url", &article.url);
                        });
                    }
                });
            }
            Self::TransferCustomerService(Some(account)) => {
                body.inside("TransInfo", |body| body.field("KfAccount", &account.0));
            }
            Self::TransferCustomerService(None)
            | Self::TransferBizAiIvr
            | Self::Success
            | Self::Empty => {}
        }
        body.close("xml");
        body.0
    }

    /// About the number of bytes of the variable parts, so that rendering allocates only once.
    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.0.len(),
            Self::News(News(articles)) => articles
                .iter()
                .map(|each| {
                    each.title.len() + each.description.len() + each.picture.len() + each.url.len()
                })
                .map(|length| length + 160)
                .sum(),
            _ => 256,
        }
    }
}

/// How many articles WeChat shows in answer to this message (回复图文消息).
#[must_use]
pub fn news_limit(message: &Message) -> usize {
    match message.kind {
        Kind::Text { .. }
        | Kind::Image { .. }
        | Kind::Voice { .. }
        | Kind::Video { .. }
        | Kind::ShortVideo { .. }
        | Kind::Link { .. }
        | Kind::Location(_)
        | Kind::Unsupported => 1,
        _ => NEWS_LIMIT,
    }
}

/// Cuts `text` into parts of at most `limit` bytes, between characters. If the limit is below 4, a
/// part may be longer, because a character is never cut.
pub fn split(text: &str, limit: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.floor_char_boundary(limit).max(first.len_utf8());
        let (part, behind) = rest.split_at(end);
        rest = behind;
        Some(part)
    })
}

/// The text without the characters that XML 1.0 cannot contain.
fn legal(text: impl Into<String>) -> String {
    let mut text = text.into();
    text.retain(|each| {
        matches!(each, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    });
    text
}

fn named(what: &'static str, name: impl Into<String>) -> Result<String, ReplyError> {
    let name = legal(name);
    if name.trim().is_empty() { Err(ReplyError::Unnamed(what)) } else { Ok(name) }
}

/// The body that is being written. There is nothing before its root, and no extra blank inside
/// CDATA.
struct Body(String);

impl Body {
    fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    fn inside(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.open(name);
        write(self);
        self.close(name);
    }

    fn field(&mut self, name: &str, text: &str) {
        self.inside(name, |body| cdata::push(&mut body.0, text));
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.field(name, text);
        }
    }

    fn number(&mut self, name: &str, number: u64) {
        self.inside(name, |body| {
            // Writing into a `String` cannot fail.
            let _ = write!(body.0, "{number}");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{self, Element};

    fn message(fields: &str) -> Message {
        Message::parse(
            format!(
                "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>\
                 <CreateTime>1700000000</CreateTime>{fields}</xml>"
            )
            .as_bytes(),
        )
        .expect("well-formed")
    }

    fn text() -> Message {
        message("<MsgType>text</MsgType><Content>x</Content>")
    }

    fn click() -> Message {
        message("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>")
    }

    fn rendered(reply: &Reply, message: &Message) -> Element {
        xml::parse(reply.render(message, 1_700_000_001).as_bytes()).expect("our own")
    }

    fn articles(count: usize) -> Vec<NewsArticle> {
        (0..count)
            .map(|each| NewsArticle { title: each.to_string(), ..NewsArticle::default() })
            .collect()
    }

    #[test]
    fn the_parts_of_a_reply_can_be_read_again() {
        let Ok(Reply::Text(text)) = Reply::text("hi") else { panic!("a text") };
        let Ok(Reply::Image(media)) = Reply::image("m") else { panic!("an image") };
        let transfer = Reply::transfer_customer_service(Some("a@b".to_owned()));
        let Ok(Reply::TransferCustomerService(Some(account))) = transfer else { panic!("named") };
        assert_eq!((text.as_str(), media.as_str(), account.as_str()), ("hi", "m", "a@b"));
    }

    #[test]
    fn sender_and_receiver_are_swapped() {
        let root = rendered(&Reply::text("hi").expect("short"), &text());
        assert_eq!(root.text_of("ToUserName"), Ok(Some("o1")));
        assert_eq!(root.text_of("FromUserName"), Ok(Some("gh_1")));
        assert_eq!(root.text_of("CreateTime"), Ok(Some("1700000001")));
        assert_eq!(root.text_of("Content"), Ok(Some("hi")));
    }

    #[test]
    fn the_end_of_a_cdata_section_is_no_markup_in_any_field() {
        let evil = "]]></Content><Evil/>]]>";
        let media = Reply::image(evil).expect("named");
        let news = Reply::news(vec![NewsArticle { url: evil.into(), ..NewsArticle::default() }]);
        let found = |reply: &Reply, path: &[&str]| {
            let mut element = rendered(reply, &text());
            for name in path {
                element = element.child(name).expect("there").clone();
            }
            element.text
        };
        assert_eq!(found(&Reply::text(evil).expect("short"), &["Content"]), evil);
        assert_eq!(found(&media, &["Image", "MediaId"]), evil);
        assert_eq!(found(&news.expect("one"), &["Articles", "item", "Url"]), evil);
        let from = Message { from: evil.into(), ..text() };
        assert_eq!(rendered(&media, &from).text_of("ToUserName"), Ok(Some(evil)));
    }

    #[test]
    fn empty_and_long_texts_are_refused() {
        assert_eq!(Reply::text("\u{1}\u{2}"), Err(ReplyError::Empty));
        assert!(Reply::text("a".repeat(TEXT_LIMIT)).is_ok());
        assert_eq!(Reply::text("a".repeat(TEXT_LIMIT + 1)), Err(ReplyError::TooLong(2049)));
        // The limit is in bytes. Characters that are left out do not count.
        assert!(Reply::text("\u{0}".to_owned() + &"a".repeat(TEXT_LIMIT)).is_ok());
        assert_eq!(Reply::text("你".repeat(683)), Err(ReplyError::TooLong(2049)));
    }

    #[test]
    fn a_long_text_is_split_between_characters_and_nothing_is_lost() {
        let content = format!("a{}", "😀".repeat(TEXT_LIMIT));
        let parts: Vec<&str> = split(&content, TEXT_LIMIT).collect();
        assert_eq!(parts.concat(), content);
        assert!(parts.iter().all(|part| part.len() <= TEXT_LIMIT));
        assert_eq!(Reply::split(content.as_str()).len(), parts.len());
        assert_eq!(Reply::split("\u{1}"), vec![]);
        assert_eq!(split("你好", 0).collect::<Vec<_>>(), ["你", "好"]);
    }

    #[test]
    fn a_reply_that_names_no_media_is_refused() {
        assert_eq!(Reply::image(""), Err(ReplyError::Unnamed("an image")));
        assert_eq!(Reply::voice(" "), Err(ReplyError::Unnamed("a voice message")));
        assert_eq!(Reply::video("\u{1}", None, None), Err(ReplyError::Unnamed("a video")));
        let transfer = Reply::transfer_customer_service(Some(String::new()));
        assert_eq!(transfer, Err(ReplyError::Unnamed("a staff account")));
    }

    #[test]
    fn news_hold_1_to_8_articles_and_as_many_as_the_situation_allows() {
        assert_eq!(Reply::news(vec![]), Err(ReplyError::Articles(0)));
        assert_eq!(Reply::news(articles(9)), Err(ReplyError::Articles(9)));
        let news = Reply::news(articles(8)).expect("eight");
        for (message, count) in [(text(), 1), (click(), 8)] {
            let root = rendered(&news, &message);
            assert_eq!(root.text_of("ArticleCount"), Ok(Some(&*count.to_string())));
            assert_eq!(root.child("Articles").map(|each| each.children.len()), Some(count));
        }
    }

    #[test]
    fn music_without_a_picture_has_no_element_for_it() {
        let music =
            Music { title: Some("t".into()), thumb: Some(String::new()), ..Music::default() };
        let root = rendered(&Reply::music(music), &text());
        let music = root.child("Music").expect("there");
        assert_eq!(music.children.len(), 1);
        assert_eq!(music.text_of("Title"), Ok(Some("t")));
    }

    #[test]
    fn a_transfer_names_the_account_only_when_there_is_one() {
        let transfer = |account: Option<&str>| {
            let account = account.map(str::to_owned);
            rendered(&Reply::transfer_customer_service(account).expect("named"), &text())
        };
        assert_eq!(transfer(None).child("TransInfo"), None);
        let named = transfer(Some("a@b"));
        let account = named.child("TransInfo").and_then(|info| info.child("KfAccount"));
        assert_eq!(account.map(|account| account.text.as_str()), Some("a@b"));
        let root = rendered(&Reply::TransferBizAiIvr, &text());
        assert_eq!(root.text_of("MsgType"), Ok(Some("transfer_biz_ai_ivr")));
    }

    #[test]
    fn no_answer_is_one_word_or_nothing() {
        assert_eq!(Reply::Success.render(&text(), 1), "success");
        assert_eq!(Reply::Empty.render(&text(), 1), "");
    }
}
