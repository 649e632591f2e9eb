//! From bytes to a message, and from an answer to bytes.

use wechat::{Message, Reply};

use crate::context::Context;
use crate::error::{Error, Outcome};
use crate::request::Response;

/// On the way in: parses the body.
///
/// # Errors
/// 413 and 400.
pub fn open(ctx: &mut Context) -> Outcome {
    let message = Message::parse(&ctx.request().body)?;
    ctx.kind = message.kind_name();
    ctx.message = Some(message);
    Ok(())
}

/// On the way out: renders the answer. The time in it is the answer's, not the present one, so
/// that a repeat gets the same bytes.
///
/// # Errors
/// When the layers below left no answer.
pub fn seal(ctx: &mut Context) -> Outcome {
    let answer = ctx.answer.as_ref().ok_or(Error::Missing("answer"))?;
    ctx.response = Some(match &answer.reply {
        Reply::Success => Response::success(),
        reply => Response::xml(reply.render(ctx.message()?, answer.created)),
    });
    Ok(())
}
