//! Failures. WeChat answers them with the HTTP status 200 and `{"errcode": …, "errmsg": …}`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// A failure that WeChat reported, or an answer that does not come from WeChat.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApiError {
    /// WeChat refused. `message` often ends in `hint: […]` or `rid: …`. WeChat's support asks for
    /// this text.
    #[error("WeChat answered {} ({code:?}): {message}", code.number())]
    Refused {
        /// `errcode`.
        code: Code,
        /// `errmsg`.
        message: String,
    },
    /// The answer is not the expected JSON; it may be a proxy's page. The text is not repeated
    /// here, because it may contain a token.
    #[error("the answer is not the JSON that WeChat documents (line {line}, column {column})")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// The access token is no longer valid. Expire it **if it is still the stored one** (if it is
    /// not, another task has already refreshed it), get a new one and try once more. Do not try a
    /// third time.
    RefreshAndRetryOnce,
    /// WeChat is busy. Wait a little, longer each time, and try again.
    BackOff,
    /// A quota is used up. Wait until it is renewed (a minute, a day) or cleared.
    WaitForQuota,
    /// The user can no longer be reached. Drop the message.
    Drop,
    /// The request itself is wrong. Correct it; the same request would fail again.
    Mend,
    /// The account's owner must do something (secret, permission, allow-list). Report it and stop.
    GiveUp,
}

/// `errcode`: the ones that need their own treatment (全局返回码).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// -1: busy.
    Busy,
    /// 40001: the access token (or, when one is asked for, the secret) is wrong.
    InvalidCredential,
    /// 40014: the access token is malformed.
    InvalidToken,
    /// 42001: the access token has expired.
    ExpiredToken,
    /// 40002: the grant type is wrong.
    InvalidGrantType,
    /// 40013: the AppID is wrong.
    InvalidAppId,
    /// 40125: the secret is wrong.
    InvalidSecret,
    /// 41001: no access token was sent.
    MissingToken,
    /// 41002: no AppID was sent.
    MissingAppId,
    /// 41004: no secret was sent.
    MissingSecret,
    /// 40164: the caller's address is not on the allow-list.
    AddressNotAllowed,
    /// 89503: the caller's address is waiting for the administrator's approval.
    AddressNotConfirmed,
    /// 45009: the day's calls are used up; `clear_quota` may help.
    DailyQuota,
    /// 45011: too many calls in this minute.
    MinuteQuota,
    /// 45015: the user's 48 hours are over.
    WindowClosed,
    /// 45047: the user's number of customer-service messages is used up.
    TooManyMessages,
    /// 45002: the content is too long.
    ContentTooLong,
    /// 45008: too many articles.
    TooManyArticles,
    /// 48001: no permission for this API.
    Unauthorized,
    /// 48004: the API is banned for this account.
    Banned,
    /// 50002: the user is limited.
    UserLimited,
    /// Any other.
    Other(i64),
}

impl Code {
    const KNOWN: [(i64, Self); 21] = [
        (-1, Self::Busy),
        (40001, Self::InvalidCredential),
        (40014, Self::InvalidToken),
        (42001, Self::ExpiredToken),
        (40002, Self::InvalidGrantType),
        (40013, Self::InvalidAppId),
        (40125, Self::InvalidSecret),
        (41001, Self::MissingToken),
        (41002, Self::MissingAppId),
        (41004, Self::MissingSecret),
        (40164, Self::AddressNotAllowed),
        (89503, Self::AddressNotConfirmed),
        (45009, Self::DailyQuota),
        (45011, Self::MinuteQuota),
        (45015, Self::WindowClosed),
        (45047, Self::TooManyMessages),
        (45002, Self::ContentTooLong),
        (45008, Self::TooManyArticles),
        (48001, Self::Unauthorized),
        (48004, Self::Banned),
        (50002, Self::UserLimited),
    ];

    /// What to do.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        match self {
            Self::InvalidCredential | Self::InvalidToken | Self::ExpiredToken => {
                Remedy::RefreshAndRetryOnce
            }
            Self::Busy => Remedy::BackOff,
            Self::DailyQuota | Self::MinuteQuota => Remedy::WaitForQuota,
            Self::WindowClosed | Self::TooManyMessages => Remedy::Drop,
            Self::ContentTooLong | Self::TooManyArticles => Remedy::Mend,
            Self::InvalidGrantType
            | Self::InvalidAppId
            | Self::InvalidSecret
            | Self::MissingToken
            | Self::MissingAppId
            | Self::MissingSecret
            | Self::AddressNotAllowed
            | Self::AddressNotConfirmed
            | Self::Unauthorized
            | Self::Banned
            | Self::UserLimited
            // Unknown codes are reported and not retried, because a retry may use up quota.
            | Self::Other(_) => Remedy::GiveUp,
        }
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Other(number) => number,
            known => {
                let found = Self::KNOWN.iter().find(|(_, code)| *code == known);
                found.map_or(0, |(number, _)| *number)
            }
        }
    }
}

impl From<i64> for Code {
    fn from(number: i64) -> Self {
        let found = Self::KNOWN.iter().find(|(each, _)| *each == number);
        found.map_or(Self::Other(number), |(_, code)| *code)
    }
}

impl ApiError {
    /// What to do. An answer that cannot be read may be a temporary network fault.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Refused { code, .. } => code.remedy(),
            Self::Unreadable { .. } => Remedy::BackOff,
        }
    }
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

/// Reads an answer that says only whether it worked.
///
/// # Errors
/// When `errcode` is there and not 0, or the answer is not JSON.
pub fn check(body: &[u8]) -> Result<(), ApiError> {
    let status: Status = parse(body)?;
    match status.errcode {
        0 => Ok(()),
        number => Err(ApiError::Refused { code: number.into(), message: status.errmsg }),
    }
}

/// Reads an answer of type `T`.
///
/// # Errors
/// When `errcode` is there and not 0, or the answer is not of type `T`.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    check(body)?;
    parse(body)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body)
        .map_err(|error| ApiError::Unreadable { line: error.line(), column: error.column() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_code_has_its_number() {
        for (number, code) in Code::KNOWN {
            assert_eq!((Code::from(number), code.number()), (code, number));
        }
        assert_eq!(Code::from(12345).number(), 12345);
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let remedy = |number: i64| {
            let body = format!("{{\"errcode\":{number},\"errmsg\":\"no, rid: 1\"}}");
            check(body.as_bytes()).map_err(|error| error.remedy())
        };
        assert_eq!(remedy(0), Ok(()));
        assert_eq!(remedy(42001), Err(Remedy::RefreshAndRetryOnce));
        assert_eq!(remedy(-1), Err(Remedy::BackOff));
        assert_eq!(remedy(45009), Err(Remedy::WaitForQuota));
        assert_eq!(remedy(45015), Err(Remedy::Drop));
        assert_eq!(remedy(45002), Err(Remedy::Mend));
        assert_eq!(remedy(40164), Err(Remedy::GiveUp));
        assert_eq!(remedy(99999), Err(Remedy::GiveUp));
        assert_eq!(check(b"<html>").map_err(|error| error.remedy()), Err(Remedy::BackOff));
    }

    #[test]
    fn an_unreadable_answer_is_not_repeated() {
        let error = check(b"{\"access_token\":\"hush\",").expect_err("cut off");
        assert!(!format!("{error} {error:?}").contains("hush"));
    }
}
