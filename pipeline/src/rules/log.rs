//! One structured line per request.

use std::time::Duration;

use crate::context::Context;
use crate::error::Outcome;
use crate::host::LogLine;

/// Writes the line of a request that began at `started` and ended with `outcome`.
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
        elapsed: ctx.host().now().saturating_sub(started),
    });
}
