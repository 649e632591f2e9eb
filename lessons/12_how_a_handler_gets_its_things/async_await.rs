//! Async functions: the same handler; the service module takes an issue and an id.

use super::context::{Answer, Context, Thrown, requests, respond};
use super::issues::{self, later};
use crate::stage::spawn;

/// Middleware: answers for the icon, and hands on everything else.
async fn favicon(ctx: Context, next: impl AsyncFnOnce(Context) -> Answer) -> Answer {
    match ctx.asked {
        ("GET", "/favicon.ico") => Ok(later("(icon)").await?),
        (_, "/favicon.ico") => Err(Thrown(405)),
        _ => next(ctx).await,
    }
}

/// Rights, body, validation, store, answer.
async fn create_issue(ctx: Context) -> Answer {
    let user = ctx.token()?.with_right()?;
    let issue = issues::validate(&ctx.body().await?)?;
    Ok(issues::create(issue, user.id).await?)
}

pub fn run() {
    for ctx in requests() {
        let asked = ctx.asked;
        spawn(async move { respond(asked, favicon(ctx, create_issue).await) });
    }
}
