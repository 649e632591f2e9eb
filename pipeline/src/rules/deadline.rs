//! The limit of 5 s, after which WeChat closes the connection.

use std::sync::Arc;
use std::time::Duration;

use crate::context::Context;
use crate::origin::Origin;
use crate::request::Response;

/// How long the layers below may take: WeChat's 5 s minus a margin for the network.
pub const LIMIT: Duration = Duration::from_millis(4500);

/// The context of a request whose time is up. Of the answers that are possible now, only `success`
/// shows the user no error. The layers below go on with the context that they have, and commit. A
/// repeat, if one comes, gets their answer; after `success` WeChat sends none.
#[must_use]
pub fn expired(origin: &Arc<Origin>) -> Context {
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
        let expired = expired(ctx.origin());
        assert_eq!(expired.response, Some(Response::success()));
        assert!(expired.account.is_none());
    }
}
