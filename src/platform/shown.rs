//! What a user of WeChat sees.

use std::fmt;

use thiserror::Error;
use wechat::ParseError;

/// What WeChat shows the user when a server does not answer, or cannot be understood.
pub const NOTICE: &str = "该公众号提供的服务出现故障，请稍后再试";

/// What a user sees in the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A text.
    Text(String),
    /// A picture, a voice message or a video.
    Media {
        /// `image`, `voice`, `video` or the name of another kind of customer-service message.
        kind: &'static str,
        /// Its handle.
        media: String,
    },
    /// Music.
    Music {
        /// Its title.
        title: String,
        /// Its address.
        url: String,
    },
    /// Articles: the titles of those that WeChat shows.
    News(Vec<String>),
    /// A question with answers to tap.
    Menu {
        /// The text above the answers.
        head: String,
        /// The answers.
        items: Vec<String>,
    },
    /// Human staff take over; the user sees nothing yet.
    Staff,
    /// The platform's AI takes over; the user sees nothing yet.
    Ai,
    /// [`NOTICE`]; the reason is for the developer.
    Notice(Fault),
}

/// As the user sees it, in one line.
impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Media { kind, media } => write!(out, "[{kind} {media}]"),
            Self::Music { title, url } => write!(out, "[music {title} {url}]"),
            Self::News(titles) => write!(out, "[news {}]", titles.join(" | ")),
            Self::Menu { head, items } => write!(out, "{head} [{}]", items.join(" | ")),
            Self::Staff => out.write_str("[human staff take over]"),
            Self::Ai => out.write_str("[the platform's AI takes over]"),
            Self::Notice(_) => out.write_str(NOTICE),
        }
    }
}

/// Why WeChat shows [`NOTICE`] in place of an answer. The reference says for each what is known of
/// the real platform; see docs/PLATFORM.md.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Three tries, and no answer in 5 s with status 200.
    #[error("no answer with status 200 within 5 s, three times")]
    Silent,
    /// Not XML: JSON, HTML, or a `]]>` that ends a section too early.
    #[error("the answer is not the XML of a reply: {0}")]
    Unreadable(#[from] ParseError),
    /// Something stands before the root.
    #[error("the answer begins with {0:?}, not with `<`: nothing may stand before the root")]
    Before(char),
    /// XML 1.0 forbids it.
    #[error("the answer has the control character U+{0:04X}, which XML cannot contain")]
    Control(u32),
    /// The account's mode wants it encrypted.
    #[error("the answer is not encrypted, but the account is in safe mode")]
    NotEncrypted,
    /// The account has no key.
    #[error("the answer is encrypted, but the account is in plain mode")]
    Encrypted,
    /// The envelope's signature is not right for its content.
    #[error("MsgSignature of the encrypted answer is wrong")]
    Signature,
    /// Wrong key, padding, length or AppID.
    #[error("the encrypted answer cannot be decrypted with the account's key and AppID")]
    Undecryptable,
    /// A field that every reply of its kind has.
    #[error("the field <{0}> is missing, empty or repeated")]
    Missing(&'static str),
    /// Not a number.
    #[error("the field <{0}> is not a number")]
    NotANumber(&'static str),
    /// The reply is for somebody else.
    #[error("ToUserName is {0:?}, not the user's OpenID")]
    Receiver(String),
    /// The reply comes from somebody else; the AppID is a frequent mistake.
    #[error("FromUserName is {0:?}, not the account's original id (gh_…)")]
    Sender(String),
    /// No kind of reply; names are case-sensitive.
    #[error("MsgType is {0:?}, which is no kind of reply")]
    Kind(String),
    /// A text of no characters.
    #[error("the text is empty: answer `success` to say nothing")]
    EmptyText,
    /// More than WeChat delivers.
    #[error("the text has {0} bytes, WeChat delivers at most {limit}", limit = wechat::reply::TEXT_LIMIT)]
    LongText(usize),
    /// No article, or not as many as `ArticleCount` says.
    #[error("there are {items} articles, ArticleCount says {count}")]
    Articles {
        /// Articles in the reply.
        items: usize,
        /// What `ArticleCount` says.
        count: usize,
    },
    /// Staff and AI cannot answer an event.
    #[error("an event cannot be handed over with {0}")]
    Transfer(&'static str),
}
