//! The five seconds after which WeChat hangs up.

use std::sync::Arc;
use std::time::Duration;

use crate::context::{Context, Origin};
use crate::request::Response;

/// How long the layers below may take: WeChat's 5 s less a margin for the network.
pub const LIMIT: Duration = Duration::from_millis(4500);

/// The context of a request whose time is up: `success` is the only answer that shows the user no
/// error. The rest goes on with the context that it has, and commits; the repeat gets the answer.
#[must_use]
pub fn expired(origin: &Arc<Origin>) -> Context {
    let mut ctx = origin.context();
    ctx.response = Some(Response::success());
    ctx
}
