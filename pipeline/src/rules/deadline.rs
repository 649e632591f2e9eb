//! The limit of 5 s, after which WeChat closes the connection.

use std::sync::Arc;
use std::time::Duration;

use crate::account::Late;
use crate::context::Context;
use crate::event::{Event, Expired};
use crate::exchange::Overdue;
use crate::origin::Origin;
use crate::request::Response;

/// How long the layers below may take: WeChat's 5 s minus a margin for the network.
pub const LIMIT: Duration = Duration::from_millis(4500);

/// Decides what to do with a request whose time is up.
#[must_use]
pub fn expired(origin: &Arc<Origin>) -> Expired {
    let expired = match (origin.late(), origin.key()) {
        (Late::Push, _) => Expired::Pushed,
        (Late::Retry, Some(key)) if origin.host().overdue(key) == Overdue::Hold => Expired::Held,
        (Late::Retry | Late::Success, _) => Expired::Answered,
    };
    if origin.is_traced() {
        origin.host().record(Event::Expired(expired));
    }
    expired
}

/// The context of a request that is answered before its layers are. Of the answers that are possible
/// then, only `success` shows the user no error.
#[must_use]
pub fn success(origin: &Arc<Origin>) -> Context {
    let mut ctx = Context::of(origin);
    ctx.response = Some(Response::success());
    ctx
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Method;
    use crate::testing;

    #[test]
    fn an_expired_request_gets_success_and_forgets_what_was_half_done() {
        assert_eq!(LIMIT, Duration::from_millis(4500));
        let ctx = testing::context(Method::Post, String::new(), "");
        assert_eq!(expired(ctx.origin()), Expired::Answered);
        let success = success(ctx.origin());
        assert_eq!(success.response, Some(Response::success()));
        assert!(success.account.is_none());
    }

    #[test]
    fn an_account_that_pushes_answers_and_one_that_waits_for_tries_needs_a_host_that_counts_them() {
        let ctx = testing::said("hello");
        ctx.origin().note_late(Late::Push);
        assert_eq!(expired(ctx.origin()), Expired::Pushed);
        let ctx = testing::said("hello");
        ctx.origin().note_late(Late::Retry);
        assert_eq!(expired(ctx.origin()), Expired::Answered);
    }
}
