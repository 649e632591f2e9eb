//! Whether a request is from WeChat.

use std::borrow::Cow;

use wechat::{Query, signature};

use crate::context::{Context, Signed};
use crate::error::{Error, Outcome};
use crate::request::Method;

/// Checks method, query, signature and timestamp, in this order: a stale timestamp is only told to
/// whoever can sign.
///
/// # Errors
/// 405, 400, 403 and 403.
pub fn verify(ctx: &mut Context) -> Outcome {
    let account = ctx.account()?;
    if ctx.request().method == Method::Other {
        return Err(Error::Method);
    }
    let query = Query::parse(&ctx.request().query)?;
    if !signature::verify(&account.token, &query.timestamp, &query.nonce, &query.signature) {
        return Err(Error::Signature);
    }
    if let Some(window) = account.window
        && ctx.host().now().as_secs().abs_diff(query.seconds()) > window.as_secs()
    {
        return Err(Error::Stale);
    }
    let signed = Signed {
        seconds: query.seconds(),
        signature: query.signature.into_owned(),
        echostr: query.echostr.map(Cow::into_owned),
    };
    ctx.signed = Some(signed);
    Ok(())
}
