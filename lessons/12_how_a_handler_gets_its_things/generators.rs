//! Generators: the handler of text 5, line by line; `?` stands where `this.throw` throws.

use futures::FutureExt;
use generators::{Routine, ask::future, co, go, yield_};

use super::context::{Answer, Context, Thrown, requests, respond};
use super::issues::{self, later};
use crate::stage::spawn;

/// Middleware: answers for the icon, and hands on everything else.
fn favicon(ctx: Context, next: fn(Context) -> Routine<Answer>) -> Routine<Answer> {
    go!(co => {
        match ctx.asked {
            ("GET", "/favicon.ico") => Ok(yield_!(co, future(later("(icon)")))?),
            (_, "/favicon.ico") => Err(Thrown(405)),
            _ => yield_!(co, next(ctx)),
        }
    })
}

/// Rights, body, validation, store, answer.
fn create_issue(ctx: Context) -> Routine<Answer> {
    go!(co => {
        let user = ctx.token()?.with_right()?;
        let issue = issues::validate(&yield_!(co, future(ctx.body()))?)?;
        Ok(yield_!(co, future(issues::create(issue, user.id)))?)
    })
}

pub fn run() {
    for ctx in requests() {
        let asked = ctx.asked;
        spawn(co(favicon(ctx, create_issue)).map(move |answer| respond(asked, answer)));
    }
}
