//! The state of one request. Each request gets a fresh one, and two requests share nothing but the
//! host.

use std::fmt;
use std::sync::Arc;

use wechat::{Message, Query, Reply, Seal, Verified};

use crate::account::Account;
use crate::error::Error;
use crate::exchange::{Answer, Session};
use crate::host::Host;
use crate::origin::Origin;
use crate::profile::Language;
use crate::request::{Request, Response};

/// What the layers have found out so far.
pub struct Context {
    origin: Arc<Origin>,
    /// Set by `account`.
    pub account: Option<Arc<Account>>,
    /// Set by `verify`.
    pub query: Option<Query<'static>>,
    /// That the request was signed; set by `verify`, or by `envelope` for an encrypted message.
    pub verified: Option<Verified>,
    /// The kind of message as it was received; set by `envelope`.
    pub kind: &'static str,
    /// Set by `envelope`; a unit may replace it by [`Context::pass_on`].
    pub message: Option<Message>,
    /// How the answer must be closed; set by `envelope`.
    pub seal: Option<Seal>,
    /// How often a unit replaced the message.
    pub revision: u32,
    /// In which language the user wants to be answered, if the unit `profile` has found it out.
    pub language: Option<Language>,
    /// Set by `exchange`; units change it.
    pub session: Session,
    /// Set by the units, or by `exchange` from the store.
    pub answer: Option<Answer>,
    /// Whether the answer is a stored one.
    pub repeat: bool,
    /// Set by `envelope`, or by the layer that ends the request early.
    pub response: Option<Response>,
}

impl fmt::Debug for Context {
    /// As with [`Origin`], because printed text may be written to a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Context").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Context {
    /// The context of a new request.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, request: Request) -> Self {
        Self::of(&Origin::new(host, request))
    }

    /// A context as it is at the beginning. A layer that lost its context, by a panic or because
    /// work goes on with it, continues with this one. Values that were only half set are not used.
    #[must_use]
    pub fn of(origin: &Arc<Origin>) -> Self {
        Self {
            origin: Arc::clone(origin),
            account: None,
            query: None,
            verified: None,
            kind: "-",
            message: None,
            seal: None,
            revision: 0,
            language: None,
            session: Session::default(),
            answer: None,
            repeat: false,
            response: None,
        }
    }

    /// The part that does not change.
    #[must_use]
    pub fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &dyn Host {
        self.origin.host()
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        self.origin.request()
    }

    /// The account.
    ///
    /// # Errors
    /// When `account` has not run.
    pub fn account(&self) -> Result<&Arc<Account>, Error> {
        self.account.as_ref().ok_or(Error::Missing("account"))
    }

    /// The query, which is read once.
    ///
    /// # Errors
    /// When `verify` has not run.
    pub fn query(&self) -> Result<&Query<'static>, Error> {
        self.query.as_ref().ok_or(Error::Missing("query"))
    }

    /// That the request was signed.
    ///
    /// # Errors
    /// When neither `verify` nor `envelope` has verified it.
    pub fn verified(&self) -> Result<&Verified, Error> {
        self.verified.as_ref().ok_or(Error::Missing("verified"))
    }

    /// The message.
    ///
    /// # Errors
    /// When `envelope` has not run.
    pub fn message(&self) -> Result<&Message, Error> {
        self.message.as_ref().ok_or(Error::Missing("message"))
    }

    /// Answers now, in the name of this unit.
    pub(crate) fn answer(&mut self, reply: Reply, unit: &'static str) {
        let created = self.host().now().as_secs();
        let salt = self.salt();
        self.answer = Some(Answer { reply, created, unit, salt });
    }

    /// Random bytes, if the account's mode encrypts.
    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        if self.account.as_ref().is_some_and(|account| account.envelope.encrypts()) {
            let (one, other) = salt.split_at_mut(8);
            one.copy_from_slice(&self.host().random().to_be_bytes());
            other.copy_from_slice(&self.host().random().to_be_bytes());
        }
        salt
    }

    /// Replaces the message by the one that a unit made of it. The units after it see the new one.
    pub fn pass_on(&mut self, message: Message) {
        self.message = Some(message);
        self.revision += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Method;
    use crate::testing;

    #[test]
    fn a_pipeline_that_made_no_response_is_an_internal_error() {
        let ctx = testing::context(Method::Get, String::new(), "");
        let origin = ctx.origin();
        assert_eq!(origin.reply(Ok(()), None).status, 500);
        assert_eq!(origin.reply(Ok(()), Some(Response::success())), Response::success());
        // An error that no layer has turned into a response replaces a response that was set
        // before.
        assert_eq!(origin.reply(Err(Error::Signature), Some(Response::success())).status, 403);
    }

    #[test]
    fn what_was_asked_does_not_print() {
        let mut ctx = testing::said("private words");
        ctx.kind = "text";
        assert_eq!(format!("{:?}", ctx.origin()), "Origin { .. }");
        assert_eq!(format!("{ctx:?}"), "Context { kind: \"text\", .. }");
    }
}
