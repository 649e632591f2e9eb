//! How WeChat checks that the server belongs to the owner of the account (接入指南).

use wechat::QueryError;

use crate::context::Context;
use crate::error::Error;
use crate::request::{Method, Response};

/// Answers a handshake with its `echostr`, unchanged. `Ok(false)` when it is not a handshake.
///
/// # Errors
/// 400 when a `GET` has no `echostr`.
pub fn answer(ctx: &mut Context) -> Result<bool, Error> {
    if ctx.request().method != Method::Get {
        return Ok(false);
    }
    let echostr = ctx
        .query()?
        .echostr
        .as_deref()
        .filter(|echostr| !echostr.is_empty())
        .ok_or(QueryError::Missing("echostr"))?
        .to_owned();
    ctx.response = Some(Response::text(200, echostr));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::verify::verify;
    use crate::testing::{self, NOW};

    fn context(method: Method, echostr: Option<&str>) -> Context {
        let echostr = echostr.map(|echostr| format!("&echostr={echostr}")).unwrap_or_default();
        let mut ctx = testing::context(method, testing::query(NOW) + &echostr, "");
        assert_eq!(verify(&mut ctx), Ok(()));
        ctx
    }

    #[test]
    fn a_get_is_answered_with_its_echostr_verbatim_and_as_plain_text() {
        let mut ctx = context(Method::Get, Some("<b>1</b>"));
        assert_eq!(answer(&mut ctx), Ok(true));
        let response = ctx.response.expect("answered");
        assert_eq!(response.body, "<b>1</b>");
        assert_eq!(response.content_type, "text/plain; charset=utf-8");
    }

    #[test]
    fn a_get_without_echostr_is_400_and_a_post_is_no_handshake() {
        let refused = answer(&mut context(Method::Get, None));
        assert_eq!(refused.map_err(|error| error.status()), Err(400));
        assert_eq!(answer(&mut context(Method::Post, Some("1"))), Ok(false));
    }
}
