//! A request to a service: what a host is asked, and what it answers.

use std::fmt;

/// One HTTP request to a service of the configuration. A style never sees the address of a service
/// or its key: the host knows both by the service's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The service's name.
    pub service: &'static str,
    /// The path, from the service's base address on.
    pub path: &'static str,
    /// The query, not encoded yet.
    pub query: Vec<(&'static str, String)>,
    /// The body, as JSON. With a body it is a `POST`, without one a `GET`.
    pub json: Option<String>,
}

impl Call {
    /// A `GET`.
    #[must_use]
    pub fn get(service: &'static str, path: &'static str) -> Self {
        Self { service, path, query: Vec::new(), json: None }
    }

    /// A `POST` of this JSON.
    #[must_use]
    pub fn post(service: &'static str, path: &'static str, json: String) -> Self {
        Self { json: Some(json), ..Self::get(service, path) }
    }

    /// The same with one more parameter in the query.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

impl fmt::Debug for Call {
    /// Only where it goes: the query may hold a token, and the body a user's words.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Call({} {})", self.service, self.path)
    }
}

/// What a service answered, with whatever status.
#[derive(Clone, PartialEq, Eq)]
pub struct Called {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Called {
    /// Without the body, which may hold a token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Called({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_and_answered_does_not_print() {
        let call = Call::post("ask", "/v1", "private".to_owned()).with("access_token", "secret");
        assert_eq!(format!("{call:?}"), "Call(ask /v1)");
        let called = Called { status: 200, body: b"secret".to_vec() };
        assert_eq!(format!("{called:?}"), "Called(200, 6 bytes)");
    }
}
