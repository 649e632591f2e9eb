//! One structured line per request.

use std::time::Duration;

use crate::context::Context;
use crate::error::Outcome;
use crate::event::LogLine;

/// Writes the line of a request that began at `started` by [`Host::elapsed`](crate::Host::elapsed), and ended with `outcome`.
pub fn write(ctx: &Context, started: Duration, outcome: &Outcome) {
    let status = match (outcome, &ctx.response) {
        (Ok(()), Some(response)) => response.status,
        (Ok(()), None) => 500,
        (Err(error), _) => error.status(),
    };
    ctx.host().log(LogLine {
        account: ctx.request().account.clone(),
        kind: ctx.kind,
        unit: ctx.answer.as_ref().map_or("-", |answer| answer.unit),
        repeat: ctx.repeat,
        status,
        elapsed: ctx.host().elapsed().saturating_sub(started),
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wechat::Reply;

    use super::*;
    use crate::error::Error;
    use crate::exchange::Answer;
    use crate::request::{Method, Request};
    use crate::testing::{Desk, UP};

    #[test]
    fn a_line_tells_account_kind_unit_repeat_status_and_time() {
        let desk = Arc::new(Desk::default());
        let account = "demo".to_owned();
        let request = Request { method: Method::Post, account, query: String::new(), body: vec![] };
        let mut ctx = Context::new(desk.clone(), request);
        let started = UP - Duration::from_secs(2);
        write(&ctx, started, &Ok(())); // no layer has made a response
        write(&ctx, started, &Err(Error::Signature));
        ctx.kind = "text";
        ctx.answer =
            Some(Answer { reply: Reply::Success, created: 1, unit: "keyword", salt: [0; 16] });
        ctx.repeat = true;
        ctx.response = Some(crate::Response::success());
        write(&ctx, started, &Ok(()));

        let line = |kind, unit, repeat, status| LogLine {
            account: "demo".to_owned(),
            kind,
            unit,
            repeat,
            status,
            elapsed: Duration::from_secs(2),
        };
        let lines = desk.0.lock().expect("whole");
        let expected = [
            line("-", "-", false, 500),
            line("-", "-", false, 403),
            line("text", "keyword", true, 200),
        ];
        assert_eq!(*lines, expected);
    }
}
