//! What the platform knows of an Official Account.

use wechat::{AesKey, Secret, Token};

/// An Official Account with its server.
#[derive(Debug, Clone)]
pub struct Account {
    /// The original id (`gh_…`): who the user writes to.
    pub original_id: String,
    /// The AppID. The platform finds the account by it.
    pub app_id: String,
    /// The AppSecret, with which a server asks for access tokens.
    pub secret: Secret,
    /// The token, with which requests are signed.
    pub token: Token,
    /// How messages travel.
    pub mode: Mode,
    /// The server's URL: `http://host:port/path`.
    pub url: String,
}

/// How messages travel (消息加解密方式), with the key that encrypts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// 明文: plain.
    Plain,
    /// 兼容: plain and encrypted in one body; the answer may be either.
    Compat(AesKey),
    /// 安全: encrypted, and so is the answer.
    Safe(AesKey),
}

impl Mode {
    /// The key; `None` in plain mode.
    #[must_use]
    pub fn key(&self) -> Option<&AesKey> {
        match self {
            Self::Plain => None,
            Self::Compat(key) | Self::Safe(key) => Some(key),
        }
    }
}

impl Account {
    /// An account in plain mode whose server is at `url` and knows `token`. The other settings have
    /// values for trying things out; change the fields that matter.
    pub fn new(url: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            original_id: "gh_466f75725761".to_owned(),
            app_id: "wxfourwaysplatform".to_owned(),
            secret: Secret::new("four-ways-platform-secret"),
            token: Token::new(token),
            mode: Mode::Plain,
            url: url.into(),
        }
    }
}
