//! The configuration file: accounts and services in TOML, documented in docs/CONFIGURATION.md.
//!
//! * [`wrong`]: what is wrong in the file, where, and what would be right.
//! * [`services`]: the services.

mod services;
mod wrong;

use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline::account::LONGEST_WINDOW;
use pipeline::exchanges::Limits;
use pipeline::units::{articles, ask, later, profile, weather};
use pipeline::{Account, Credentials, Keyword, Late, Match};
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;
use wechat::{AesKey, Envelope, Keys, Mode, Reply, Rotation, Secret, Token};

use self::services::Sections;
use self::wrong::{Wrong, number, one_of, position, with_nearest, wrong};
use crate::hosts::Directory;

/// The optional units.
const UNITS: [&str; 6] =
    ["guess", later::NAME, profile::NAME, weather::NAME, ask::NAME, articles::NAME];

/// What the file says.
#[derive(Debug)]
pub struct Configuration {
    /// The most bytes of everything that is kept of users: [`Limits::bytes`].
    pub memory: usize,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The services that their units call.
    pub services: Directory,
}

/// Accounts without services: their units get no answer of one.
impl From<Vec<Account>> for Configuration {
    fn from(accounts: Vec<Account>) -> Self {
        Self { memory: Limits::default().bytes, accounts, services: Directory::new() }
    }
}

/// Why a configuration was refused: where, what is wrong, and what would be right.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is something else than a file.
    #[error("{} is not a regular file: write the accounts to one", path.display())]
    NoFile {
        /// What it is.
        path: PathBuf,
    },
    /// The file system does not answer.
    #[error("{} could not be read within {} seconds: is it on a network?", path.display(), patience.as_secs())]
    Slow {
        /// The file.
        path: PathBuf,
        /// How long it was waited for.
        patience: Duration,
    },
    /// The file is wrong.
    #[error("{}:{line}:{column}: {what}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong, and what would be right.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    memory: Option<Spanned<String>>,
    #[serde(default)]
    account: Vec<Spanned<Section>>,
    #[serde(default)]
    service: Sections,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    name: Spanned<String>,
    token: Spanned<String>,
    previous_token: Option<Spanned<String>>,
    original_id: Option<Spanned<String>>,
    mode: Option<Spanned<String>>,
    app_id: Option<Spanned<String>>,
    app_secret: Option<Spanned<String>>,
    encoding_aes_key: Option<Spanned<String>>,
    previous_encoding_aes_key: Option<Spanned<String>>,
    window: Option<Spanned<String>>,
    welcome: Option<Spanned<String>>,
    #[serde(default)]
    units: Vec<Spanned<String>>,
    models: Option<Spanned<Vec<String>>>,
    late: Option<Spanned<String>>,
    #[serde(default)]
    keyword: Vec<KeywordSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeywordSection {
    #[serde(rename = "match")]
    matches: Spanned<String>,
    pattern: Spanned<String>,
    reply: Spanned<String>,
}

/// Reads a file.
///
/// # Errors
/// See [`ConfigError`].
pub fn read(path: &Path) -> Result<Configuration, ConfigError> {
    config(path, &text(path)?)
}

/// Reads a file. It may take as long as the file system takes; a pipe, which may never end, is
/// refused.
///
/// # Errors
/// [`ConfigError::Unreadable`] and [`ConfigError::NoFile`].
pub fn text(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |error| ConfigError::Unreadable { path: path.to_owned(), error };
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(ConfigError::NoFile { path: path.to_owned() });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// The configuration of a text that was read from this path.
///
/// # Errors
/// [`ConfigError::Wrong`].
pub fn config(path: &Path, text: &str) -> Result<Configuration, ConfigError> {
    parse(text).map_err(|Wrong { at, what }| {
        let (line, column) = position(text, at);
        ConfigError::Wrong { path: path.to_owned(), line, column, what }
    })
}

fn parse(text: &str) -> Result<Configuration, Wrong> {
    let file: File = toml::from_str(text).map_err(|error| Wrong {
        at: error.span().map_or(0, |span| span.start),
        what: with_nearest(error.message()),
    })?;
    if file.account.is_empty() {
        return wrong(0..0, "there is no account: begin one with [[account]]");
    }
    let services = services::directory(file.service)?;
    let mut accounts: Vec<Account> = Vec::with_capacity(file.account.len());
    for section in file.account {
        let at = section.span();
        let account = account(section.into_inner(), &services)?;
        if accounts.iter().any(|other| other.name == account.name) {
            let name = &account.name;
            return wrong(at, format!("there is another account `{name}`: names must differ"));
        }
        accounts.push(account);
    }
    Ok(Configuration { memory: memory(file.memory)?, accounts, services })
}

/// `"256MiB"`. With less than 16, a table would hold only a few answers.
fn memory(value: Option<Spanned<String>>) -> Result<usize, Wrong> {
    const MIB: usize = 1024 * 1024;
    let Some(value) = value else { return Ok(Limits::default().bytes) };
    match number(value.get_ref(), "MiB") {
        Some(number @ 16..=1_000_000) => Ok(number as usize * MIB),
        _ => wrong(value.span(), "`memory` is not like \"256MiB\" (16 to 1000000)"),
    }
}

fn account(section: Section, services: &Directory) -> Result<Account, Wrong> {
    let envelope = envelope(&section)?;
    let credentials = credentials(&section)?;
    let units = units(&section, services)?;
    let late = late(&section)?;
    let Section { name, window, welcome, models, keyword, .. } = section;
    let plain = |each: char| each.is_ascii_alphanumeric() || "-_".contains(each);
    if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
        let what = "`name` stands in the path: use letters, digits, `-` and `_`";
        return wrong(name.span(), what);
    }
    Ok(Account {
        name: name.into_inner().into(),
        envelope,
        window: self::window(window)?,
        welcome: welcome.map(reply).transpose()?,
        units,
        credentials,
        models: models.map(self::models).transpose()?.unwrap_or_default(),
        keywords: keyword.into_iter().map(self::keyword).collect::<Result<_, _>>()?,
        late,
    })
}

/// The optional units. A unit without what it needs would apologise to every user, so it is refused.
fn units(section: &Section, services: &Directory) -> Result<Vec<String>, Wrong> {
    for unit in &section.units {
        let name = unit.get_ref().as_str();
        let missing = match name {
            profile::NAME | articles::NAME if section.app_secret.is_none() => {
                "`app_id` and `app_secret`"
            }
            ask::NAME if section.models.is_none() => "`models = [\"first\", \"second\"]`",
            ask::NAME
                if !["ask-first", "ask-second"].iter().all(|of| services.contains_key(of)) =>
            {
                "[service.ask-first] and [service.ask-second]"
            }
            _ if UNITS.contains(&name) => continue,
            _ => {
                let what = format!("unknown unit `{name}`: {}", one_of(name, &UNITS));
                return wrong(unit.span(), what);
            }
        };
        return wrong(unit.span(), format!("the unit `{name}` needs {missing}"));
    }
    Ok(section.units.iter().map(|unit| unit.get_ref().clone()).collect())
}

/// What becomes of an answer that the deadline overtakes.
fn late(section: &Section) -> Result<Late, Wrong> {
    let Some(late) = &section.late else { return Ok(Late::default()) };
    match late.get_ref().as_str() {
        "success" => Ok(Late::Success),
        "retry" => Ok(Late::Retry),
        "push" if section.app_secret.is_some() => Ok(Late::Push),
        "push" => wrong(
            late.span(),
            "late = \"push\" needs `app_id` and `app_secret`, and an account that may send \
             customer-service messages; one that may not has \"retry\"",
        ),
        other => {
            let what = one_of(other, &["success", "push", "retry"]);
            wrong(late.span(), format!("unknown late `{other}`: {what}"))
        }
    }
}

/// What identifies the account to WeChat's API.
fn credentials(section: &Section) -> Result<Option<Credentials>, Wrong> {
    let Some(secret) = &section.app_secret else { return Ok(None) };
    if secret.get_ref().is_empty() {
        return wrong(secret.span(), "the secret is empty: copy it from WeChat's console");
    }
    match &section.app_id {
        None => wrong(secret.span(), "there is an `app_secret` and no `app_id`"),
        Some(app_id) => Ok(Some(Credentials {
            app_id: app_id.get_ref().clone(),
            secret: Secret::new(secret.get_ref()),
        })),
    }
}

/// The models of the two providers.
fn models(value: Spanned<Vec<String>>) -> Result<[String; 2], Wrong> {
    let at = value.span();
    match <[String; 2]>::try_from(value.into_inner()) {
        Ok(models) if models.iter().all(|model| !model.trim().is_empty()) => Ok(models),
        _ => {
            wrong(at, "`models` names two: one of [service.ask-first], one of [service.ask-second]")
        }
    }
}

/// Token, original id and mode.
fn envelope(section: &Section) -> Result<Envelope, Wrong> {
    let token = |token: &Spanned<String>| match token.get_ref().as_str() {
        "" => wrong(token.span(), "the token is empty: copy it from WeChat's console"),
        text => Ok(Token::new(text)),
    };
    let mut tokens = Rotation::new(token(&section.token)?);
    for id in [&section.original_id, &section.app_id].into_iter().flatten() {
        if id.get_ref().is_empty() {
            return wrong(
                id.span(),
                "the id is empty: copy it from WeChat's console, or leave it out",
            );
        }
    }
    if let Some(previous) = &section.previous_token {
        tokens = tokens.with_previous(token(previous)?);
    }
    let envelope = Envelope::new(tokens, mode(section)?);
    Ok(match &section.original_id {
        Some(original_id) => envelope.with_original_id(original_id.get_ref()),
        None => envelope,
    })
}

fn mode(section: &Section) -> Result<Mode, Wrong> {
    // In every mode, so that a wrong key is found before the mode is changed.
    let keys = keys(section)?;
    let Some(mode) = &section.mode else {
        return match &section.encoding_aes_key {
            Some(key) => wrong(
                key.span(),
                "there is a key and no `mode`: say \"safe\", \"compat\" or \"plain\"",
            ),
            None => Ok(Mode::Plain),
        };
    };
    let encrypts = || match (&section.app_id, keys) {
        (Some(app_id), Some(keys)) => Ok(Keys { app_id: app_id.get_ref().clone(), keys }),
        (None, _) | (_, None) => {
            let what = format!("mode \"{}\" needs `app_id` and `encoding_aes_key`", mode.get_ref());
            wrong(mode.span(), what)
        }
    };
    match mode.get_ref().as_str() {
        "plain" => Ok(Mode::Plain),
        "compat" => Ok(Mode::Compat(encrypts()?)),
        "safe" => Ok(Mode::Safe(encrypts()?)),
        other => {
            let what = one_of(other, &["plain", "compat", "safe"]);
            wrong(mode.span(), format!("unknown mode `{other}`: {what}"))
        }
    }
}

/// The keys of the modes that encrypt.
fn keys(section: &Section) -> Result<Option<Rotation<AesKey>>, Wrong> {
    let parse = |key: &Spanned<String>| {
        AesKey::parse(key.get_ref()).or_else(|error| wrong(key.span(), error.to_string()))
    };
    match (&section.encoding_aes_key, &section.previous_encoding_aes_key) {
        (None, None) => Ok(None),
        (None, Some(previous)) => {
            wrong(previous.span(), "there is a previous key and no `encoding_aes_key`")
        }
        (Some(key), None) => Ok(Some(Rotation::new(parse(key)?))),
        (Some(key), Some(previous)) => {
            Ok(Some(Rotation::new(parse(key)?).with_previous(parse(previous)?)))
        }
    }
}

/// `"300s"`, or `"off"`.
fn window(value: Option<Spanned<String>>) -> Result<Option<Duration>, Wrong> {
    let Some(value) = value else { return Ok(Some(LONGEST_WINDOW)) };
    if value.get_ref() == "off" {
        return Ok(None);
    }
    const LONGEST: u64 = LONGEST_WINDOW.as_secs();
    match number(value.get_ref(), "s") {
        Some(seconds @ 1..=LONGEST) => Ok(Some(Duration::from_secs(seconds))),
        _ => {
            wrong(value.span(), "`window` is neither \"off\" nor seconds like \"300s\" (1 to 300)")
        }
    }
}

fn keyword(section: KeywordSection) -> Result<Keyword, Wrong> {
    let KeywordSection { matches, pattern, reply } = section;
    let matches = match matches.get_ref().as_str() {
        "exact" => Match::Exact,
        "fuzzy" => Match::Fuzzy,
        other => {
            let what = format!("unknown match `{other}`: {}", one_of(other, &["exact", "fuzzy"]));
            return wrong(matches.span(), what);
        }
    };
    if pattern.get_ref().trim().is_empty() {
        return wrong(pattern.span(), "`pattern` is empty: it would never, or always, match");
    }
    let pattern = pattern.into_inner().trim().to_owned();
    Ok(Keyword { matches, pattern, reply: self::reply(reply)? })
}

fn reply(value: Spanned<String>) -> Result<Reply, Wrong> {
    let at = value.span();
    Reply::text(value.into_inner()).or_else(|error| wrong(at, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[account]]
name = "shop"
token = "secret"
window = "off"
welcome = "你好"
units = ["guess"]

[[account.keyword]]
match = "fuzzy"
pattern = "天气"
reply = "晴。"
"#;

    fn refused(text: &str) -> String {
        match parse(text) {
            Ok(_) => panic!("accepted: {text}"),
            Err(Wrong { at, what }) => {
                let (line, column) = position(text, at);
                format!("{line}:{column}: {what}")
            }
        }
    }

    #[test]
    fn a_complete_file_is_read() {
        let Configuration { accounts, memory, .. } = parse(GOOD).ok().expect("good");
        assert_eq!(memory, 256 * 1024 * 1024);
        assert_eq!(&*accounts[0].name, "shop");
        assert_eq!(accounts[0].window, None);
        assert!(accounts[0].has_unit("guess"));
        assert_eq!(accounts[0].keywords[0].pattern, "天气");
    }

    #[test]
    fn a_mode_that_encrypts_needs_its_keys() {
        let with = |fields: &str| GOOD.replace("window = \"off\"", fields);
        let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        let safe = "mode = \"safe\"\napp_id = \"wx1\"";
        let good = parse(&with(&format!("{safe}\nencoding_aes_key = \"{key}\"")));
        let accounts = good.ok().expect("good").accounts;
        assert!(matches!(accounts[0].envelope.mode(), Mode::Safe(_)));
        let missing = "5:8: mode \"safe\" needs `app_id` and `encoding_aes_key`";
        assert_eq!(refused(&with(safe)), missing);
        let unknown = "5:8: unknown mode `save`: did you mean `safe`?";
        assert_eq!(refused(&with("mode = \"save\"")), unknown);
        let short = refused(&with(&format!("{safe}\nencoding_aes_key = \"short\"")));
        assert!(short.starts_with("7:20: ") && !short.contains("short\""), "{short}");
    }

    #[test]
    fn late_answers_are_lost_unless_it_says_otherwise_and_a_push_needs_the_secret() {
        let with = |fields: &str| GOOD.replace("window = \"off\"", fields);
        let late = |fields: &str| {
            let read = parse(&with(fields)).map_err(|wrong| wrong.what);
            read.map(|read| read.accounts[0].late)
        };
        assert_eq!(late("window = \"off\""), Ok(Late::Success));
        assert_eq!(late("late = \"success\""), Ok(Late::Success));
        assert_eq!(late("late = \"retry\""), Ok(Late::Retry));
        let push = "late = \"push\"\napp_id = \"wx1\"\napp_secret = \"s\"";
        assert_eq!(late(push), Ok(Late::Push));
        let bare = refused(&with("late = \"push\""));
        assert!(bare.starts_with("5:8: late = \"push\" needs `app_id` and `app_secret`"), "{bare}");
        let unknown = "5:8: unknown late `retries`: did you mean `retry`?";
        assert_eq!(refused(&with("late = \"retries\"")), unknown);
    }

    #[test]
    fn the_files_of_the_documentation_are_read() {
        let page = include_str!("../../docs/CONFIGURATION.md");
        let files: Vec<_> = page.split("```toml").skip(1).collect();
        assert_eq!(files.len(), 2);
        for file in files {
            let toml = file.split("```").next().expect("its end");
            let read = parse(toml).map_err(|wrong| wrong.what);
            assert_eq!(read.map(|read| (read.accounts.len(), read.services.len())), Ok((1, 6)));
        }
    }

    #[test]
    fn the_window_is_300_seconds_unless_it_says_otherwise() {
        let file = "[[account]]\nname = \"a\"\ntoken = \"t\"";
        let accounts = parse(file).ok().expect("good").accounts;
        assert_eq!(accounts[0].window, Some(Duration::from_secs(300)));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_what_would_be_right() {
        for (good, bad, error) in [
            (
                "token = \"secret\"",
                "tokn = \"secret\"",
                "4:1: unknown key `tokn`: did you mean `token`?",
            ),
            (
                "name = \"shop\"",
                "name = \"a b\"",
                "3:8: `name` stands in the path: use letters, digits, `-` and `_`",
            ),
            ("\"secret\"", "\"\"", "4:9: the token is empty: copy it from WeChat's console"),
            (
                "\"off\"",
                "\"5 minutes\"",
                "5:10: `window` is neither \"off\" nor seconds like \"300s\" (1 to 300)",
            ),
            ("[\"guess\"]", "[\"gues\"]", "7:10: unknown unit `gues`: did you mean `guess`?"),
            ("\"fuzzy\"", "\"regex\"", "10:9: unknown match `regex`: known are `exact`, `fuzzy`"),
            ("\"天气\"", "\" \"", "11:11: `pattern` is empty: it would never, or always, match"),
            ("\"晴。\"", "\"\"", "12:9: a text reply is empty: answer `success` instead"),
        ] {
            assert_eq!(refused(&GOOD.replace(good, bad)), error);
        }
        assert_eq!(refused(""), "1:1: there is no account: begin one with [[account]]");
        assert!(refused(&GOOD.repeat(2)).contains("there is another account `shop`"));
        let number = refused("[[account]]\nname = \"a\"\ntoken = 314159");
        assert_eq!(number, "3:9: wrong type: expected a string; texts stand in quotes");
    }
}
