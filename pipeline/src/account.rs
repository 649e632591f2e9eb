//! An Official Account's settings. The host keeps them and may change them while the server runs.

use std::sync::Arc;
use std::time::Duration;

use wechat::{Envelope, Reply, Secret};

/// The longest window that an account has. How long a host keeps answers and signatures is derived
/// from it.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(300);

/// How long one signature is good under a window: from the window before its timestamp to the end of
/// the second that lies the window after it, because whole seconds are compared.
#[must_use]
pub const fn valid_for(window: Duration) -> Duration {
    Duration::from_secs(2 * window.as_secs() + 1)
}

/// One account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name in `/wechat/{name}`.
    pub name: Arc<str>,
    /// Its token, original id and mode. It opens the account's messages and closes its answers.
    pub envelope: Envelope,
    /// How far a request's timestamp may be from the present, before or after; at most
    /// [`LONGEST_WINDOW`], whatever stands here. `None` turns off this check, and the check that a
    /// signature is used for one body only.
    pub window: Option<Duration>,
    /// The answer to a new follower.
    pub welcome: Option<Reply>,
    /// The optional units that are on: `guess`, `weather`, `ask`, `later`.
    pub units: Vec<String>,
    /// What identifies it to WeChat's API, for the units that need a ticket.
    pub credentials: Option<Credentials>,
    /// The models that the unit `ask` asks: the first provider's and the second's.
    pub models: [String; 2],
    /// The keywords, in the order in which they are tried.
    pub keywords: Vec<Keyword>,
    /// What becomes of an answer that the deadline overtakes.
    pub late: Late,
}

/// What becomes of an answer that is not there at the deadline. WeChat asks again only for a try
/// that got no answer, so after `success` it must be sent or it is lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Late {
    /// The try is answered with `success`, and the answer is lost.
    #[default]
    Success,
    /// The try is answered with `success`, and the answer is sent as a customer-service message. The
    /// account needs the permission for it.
    Push,
    /// The tries are held open until the answer is there. The last one says that it takes longer,
    /// and the user's next message gets the answer.
    Retry,
}

/// What identifies an account to WeChat's API (开发者ID).
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The AppID.
    pub app_id: String,
    /// The AppSecret.
    pub secret: Secret,
}

/// One keyword. Its reply is built when the settings are read, so a wrong reply is found then.
#[derive(Debug, Clone)]
pub struct Keyword {
    /// How the pattern is compared.
    pub matches: Match,
    /// What the user says, or the key of a menu item.
    pub pattern: String,
    /// What the account answers.
    pub reply: Reply,
}

/// How a keyword is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The whole text, or the key of a menu item.
    Exact,
    /// Anywhere in the text.
    Fuzzy,
}

impl Account {
    /// Whether the optional unit of this name is on.
    #[must_use]
    pub fn has_unit(&self, name: &str) -> bool {
        self.units.iter().any(|unit| unit == name)
    }
}
