//! Request and response: the parts of HTTP that the pipeline uses.

use std::borrow::Cow;

/// The methods that the pipeline tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// WeChat's handshake.
    Get,
    /// A message or an event.
    Post,
    /// Anything else, `HEAD` included: answered with 405.
    Other,
}

/// A request for `/wechat/{account}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The account's name, from the path.
    pub account: String,
    /// The query string without its `?`, still encoded.
    pub query: String,
    /// The body as it was received.
    pub body: Vec<u8>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The `Allow` header; only a 405 has one.
    pub allow: Option<&'static str>,
    /// The body.
    pub body: Cow<'static, str>,
}

impl Response {
    /// A plain text answer.
    pub fn text(status: u16, body: impl Into<Cow<'static, str>>) -> Self {
        let content_type = "text/plain; charset=utf-8";
        Self { status, content_type, allow: None, body: body.into() }
    }

    /// A rendered reply.
    #[must_use]
    pub fn xml(body: String) -> Self {
        let content_type = "text/xml; charset=utf-8";
        Self { status: 200, content_type, allow: None, body: body.into() }
    }

    /// 200 `success`: WeChat shows the user nothing and does not retry.
    #[must_use]
    pub fn success() -> Self {
        Self::text(200, "success")
    }
}
