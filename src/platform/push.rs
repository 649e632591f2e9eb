//! The requests that WeChat sends to a server: signed, and encrypted where the mode says so.

use std::time::Duration;

use wechat::signature;

use super::account::{Account, Mode};

/// A request to an account's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` for a handshake, `POST` for a message.
    pub method: &'static str,
    /// The server's URL with the signed query.
    pub url: String,
    /// Empty for a handshake.
    pub body: String,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The request that carries the message `xml` of `user`. `serial` makes its nonce: no other request
/// of the same second may have the same.
#[must_use]
pub fn push(account: &Account, user: &str, xml: &str, now: Duration, serial: u64) -> Request {
    let (timestamp, nonce) = (timestamp(now), nonce(serial));
    let mut url = signed(account, &timestamp, &nonce);
    url.push_str("&openid=");
    url.extend(form_urlencoded::byte_serialize(user.as_bytes()));
    let Some(key) = account.mode.key() else {
        return Request { method: "POST", url, body: xml.to_owned() };
    };
    // Whoever can read the requests of a simulator may also know how they were encrypted.
    let mut random = [0; 16];
    random[..8].copy_from_slice(&serial.to_be_bytes());
    random[8..].copy_from_slice(&now.as_secs().to_be_bytes());
    let encrypted = key.encrypt(xml, &account.app_id, random);
    let signature = signature::sign_message(&account.token, &timestamp, &nonce, &encrypted);
    url.push_str("&encrypt_type=aes&msg_signature=");
    url.push_str(&signature);
    let id = &account.original_id;
    let sealed = format!("<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
    let body = match &account.mode {
        Mode::Compat(_) => format!("{}{sealed}", xml.trim_end().trim_end_matches("</xml>")),
        Mode::Plain | Mode::Safe(_) => {
            format!("<xml><ToUserName><![CDATA[{id}]]></ToUserName>{sealed}")
        }
    };
    Request { method: "POST", url, body }
}

/// The request that asks a server whether it is the account's (接入验证): it must answer `echo`. The
/// text is plain in all modes.
#[must_use]
pub fn handshake(account: &Account, echo: &str, now: Duration, serial: u64) -> Request {
    let mut url = signed(account, &timestamp(now), &nonce(serial));
    url.push_str("&echostr=");
    url.extend(form_urlencoded::byte_serialize(echo.as_bytes()));
    Request { method: "GET", url, body: String::new() }
}

fn signed(account: &Account, timestamp: &str, nonce: &str) -> String {
    let signature = signature::sign(&account.token, timestamp, nonce);
    let url = &account.url;
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}signature={signature}&timestamp={timestamp}&nonce={nonce}")
}

fn timestamp(now: Duration) -> String {
    format!("{:010}", now.as_secs())
}

/// Ten digits, as WeChat's nonces often have.
fn nonce(serial: u64) -> String {
    (1_000_000_000 + serial % 9_000_000_000).to_string()
}
