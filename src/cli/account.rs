//! The options that describe an account, as WeChat's console shows it.

use clap::{Args, ValueEnum};
use four_ways::platform::{Account, Mode};
use thiserror::Error;
use wechat::AesKey;
use wechat::cipher::KeyError;

/// A server of anybody and its account.
#[derive(Debug, Args)]
pub struct Target {
    /// The server's URL, such as http://127.0.0.1:8080/wechat/demo
    #[arg(long, value_parser = server_url)]
    url: String,
    /// The account's token
    #[arg(long)]
    token: String,
    #[command(flatten)]
    settings: Settings,
}

/// How messages travel, and what the server may compare.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// How messages travel
    #[arg(long, value_enum, default_value_t = ModeName::Plain)]
    pub mode: ModeName,
    /// The account's AppID [default: wxfourwaysplatform]; the modes compat and safe need it
    #[arg(long, value_name = "ID")]
    pub app_id: Option<String>,
    /// The account's EncodingAESKey, for the modes compat and safe
    #[arg(long)]
    pub key: Option<String>,
    /// The account's original id (`gh_…`), if the server knows it
    #[arg(long, value_name = "ID")]
    pub original_id: Option<String>,
}

/// A mode without its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModeName {
    /// 明文
    Plain,
    /// 兼容: both in one body
    Compat,
    /// 安全: encrypted
    Safe,
}

/// Why no account can be made of the options.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Compat and safe mode need both.
    #[error(
        "this mode needs --app-id and --key, as the server knows them / 这种模式需要 --app-id 和 --key"
    )]
    Unencrypted,
    /// Not an `EncodingAESKey`.
    #[error("--key: {0}")]
    Key(#[from] KeyError),
}

/// Not a URL that is spoken here.
#[derive(Debug, Error)]
#[error("write http://host:port/path; https is not spoken here / 请写成 http://…，不支持 https")]
pub struct NotHttp;

/// Reads the URL of a server.
pub fn server_url(text: &str) -> Result<String, NotHttp> {
    if text.starts_with("http://") { Ok(text.to_owned()) } else { Err(NotHttp) }
}

impl ModeName {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Compat => "compat",
            Self::Safe => "safe",
        }
    }
}

impl Target {
    /// How messages travel.
    pub fn mode(&self) -> ModeName {
        self.settings.mode
    }

    /// The account that these options describe.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub fn account(self) -> Result<Account, AccountError> {
        self.settings.account(Account::new(self.url, self.token))
    }
}

impl Settings {
    /// An account with these settings, and else like `account`.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub fn account(self, account: Account) -> Result<Account, AccountError> {
        let key = self.key.as_deref().map(AesKey::parse).transpose()?;
        let mode = match (self.mode, key, &self.app_id) {
            (ModeName::Plain, _, _) => Mode::Plain,
            (ModeName::Compat, Some(key), Some(_)) => Mode::Compat(key),
            (ModeName::Safe, Some(key), Some(_)) => Mode::Safe(key),
            _ => return Err(AccountError::Unencrypted),
        };
        Ok(Account {
            mode,
            app_id: self.app_id.unwrap_or(account.app_id),
            original_id: self.original_id.unwrap_or(account.original_id),
            ..account
        })
    }
}
