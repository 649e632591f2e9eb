//! Access tokens (获取 access_token, 获取稳定版接口调用凭据).
//!
//! Prefer the stable token. Each request for the other kind makes all earlier tokens invalid, so
//! two processes that both request it make each other's tokens invalid.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::error::{self, ApiError};
use crate::secret::Secret;

/// `POST` [`StableTokenRequest`] here.
pub const STABLE_TOKEN_PATH: &str = "/cgi-bin/stable_token";

/// Requests the stable token. Repeated requests get the same token until it is renewed, 5 minutes
/// before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableTokenRequest {
    /// `appid`.
    pub app_id: String,
    /// `secret`.
    pub secret: Secret,
    /// `force_refresh`: makes the old token invalid. Allowed 20 times a day, at least 30 seconds
    /// apart.
    pub force_refresh: bool,
}

/// This writes the secret. Use the result for the request only.
impl Serialize for StableTokenRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = serializer.serialize_struct("StableTokenRequest", 4)?;
        request.serialize_field("grant_type", "client_credential")?;
        request.serialize_field("appid", &self.app_id)?;
        request.serialize_field("secret", self.secret.expose())?;
        request.serialize_field("force_refresh", &self.force_refresh)?;
        request.end()
    }
}

/// The path and query of a `GET` for the other kind of token. They contain the secret, so the type
/// is [`Secret`].
#[must_use]
pub fn token_path(app_id: &str, secret: &Secret) -> Secret {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credential")
        .append_pair("appid", app_id)
        .append_pair("secret", secret.expose())
        .finish();
    Secret::new(format!("/cgi-bin/token?{query}"))
}

/// An access token.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct AccessToken {
    /// The token, up to 512 characters.
    #[serde(rename = "access_token", deserialize_with = "secret")]
    pub token: Secret,
    /// `expires_in`, in seconds from now.
    #[serde(deserialize_with = "seconds")]
    pub expires_in: u64,
}

impl AccessToken {
    /// Reads the answer to either request.
    ///
    /// # Errors
    /// When WeChat refused, or the answer has no token.
    pub fn read(body: &[u8]) -> Result<Self, ApiError> {
        error::read(body)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessToken")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(serde::de::Error::custom("empty")) } else { Ok(Secret::new(text)) }
}

/// A number, or a string that holds one (w7corp/easywechat has seen both).
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(seconds) => Ok(seconds),
        Either::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::Code;

    #[test]
    fn the_lifetime_may_be_a_number_or_a_text() {
        for lifetime in ["7200", "\"7200\""] {
            let body = format!("{{\"access_token\":\"hush\",\"expires_in\":{lifetime}}}");
            let token = AccessToken::read(body.as_bytes()).expect("a token");
            assert_eq!((token.token.expose(), token.expires_in), ("hush", 7200));
            assert_eq!(format!("{token:?}"), "AccessToken { expires_in: 7200, .. }");
        }
    }

    #[test]
    fn a_refusal_and_an_empty_token_are_errors() {
        let refused = AccessToken::read(b"{\"errcode\":40013,\"errmsg\":\"invalid appid\"}");
        let expected =
            ApiError::Refused { code: Code::InvalidAppId, message: "invalid appid".into() };
        assert_eq!(refused, Err(expected));
        let empty = AccessToken::read(b"{\"access_token\":\"\",\"expires_in\":7200}");
        assert!(matches!(empty, Err(ApiError::Unreadable { .. })));
    }

    #[test]
    fn requests_hold_the_secret_and_do_not_print_it() {
        let secret = Secret::new("hu&sh");
        let path = token_path("wx1", &secret);
        let expected = "/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=hu%26sh";
        assert_eq!(path.expose(), expected);
        let request = StableTokenRequest { app_id: "wx1".into(), secret, force_refresh: false };
        assert!(!format!("{request:?}").contains("sh\""));
        assert_eq!(
            serde_json::to_value(&request).expect("JSON"),
            serde_json::json!({
                "grant_type": "client_credential",
                "appid": "wx1",
                "secret": "hu&sh",
                "force_refresh": false,
            })
        );
    }
}
