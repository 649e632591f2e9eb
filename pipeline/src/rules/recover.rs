//! The error boundary.

use crate::context::Context;
use crate::error::Error;

/// Turns an error into the response that it deserves. Nothing set before the error leaks into it.
pub fn recover(ctx: &mut Context, error: &Error) {
    ctx.answer = None;
    ctx.repeat = false;
    ctx.response = Some(error.response());
}
