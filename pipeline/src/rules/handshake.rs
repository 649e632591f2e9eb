//! WeChat's check that the server is the account's own (接入指南).

use wechat::QueryError;

use crate::context::Context;
use crate::error::Error;
use crate::request::{Method, Response};

/// Answers a handshake with its `echostr`, verbatim. `Ok(false)` when the request is none.
///
/// # Errors
/// 400 when a `GET` has no `echostr`.
pub fn answer(ctx: &mut Context) -> Result<bool, Error> {
    if ctx.request().method != Method::Get {
        return Ok(false);
    }
    let echostr = ctx.signed()?.echostr.clone().ok_or(QueryError::Missing("echostr"))?;
    ctx.response = Some(Response::text(200, echostr));
    Ok(true)
}
