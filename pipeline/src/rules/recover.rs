//! The error boundary.

use crate::context::Context;
use crate::error::Error;

/// Turns an error into its response. Nothing that was set before the error appears in it.
pub fn recover(ctx: &mut Context, error: &Error) {
    ctx.answer = None;
    ctx.repeat = false;
    ctx.response = Some(error.response());
}

#[cfg(test)]
mod tests {
    use wechat::Reply;

    use super::*;
    use crate::exchange::Answer;
    use crate::request::Response;
    use crate::testing;

    #[test]
    fn nothing_made_before_the_error_leaks_into_its_response() {
        let mut ctx = testing::said("hello");
        ctx.answer =
            Some(Answer { reply: Reply::Success, created: 1, unit: "keyword", salt: [0; 16] });
        ctx.repeat = true;
        ctx.response = Some(Response::success());
        recover(&mut ctx, &Error::Panicked);
        assert_eq!((ctx.answer, ctx.repeat), (None, false));
        assert_eq!(ctx.response, Some(Response::text(500, "internal error")));
    }
}
