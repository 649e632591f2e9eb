//! Promises: a handler returns one; `and_then` hands the value on, and an error skips the rest.

use futures::future::{BoxFuture, FutureExt, TryFutureExt, ready};

use super::context::{Answer, Context, Thrown, User, requests, respond};
use super::issues::{self, later};
use crate::stage::spawn;

type Promise = BoxFuture<'static, Answer>;

/// Middleware: answers for the icon, and hands on everything else.
fn favicon(ctx: Context, next: fn(Context) -> Promise) -> Promise {
    match ctx.asked {
        ("GET", "/favicon.ico") => later("(icon)").err_into().boxed(),
        (_, "/favicon.ico") => ready(Err(Thrown(405))).boxed(),
        _ => next(ctx),
    }
}

/// Rights, body, validation, store, answer.
fn create_issue(ctx: Context) -> Promise {
    let user = ctx.token().and_then(User::with_right);
    let read = ready(user).and_then(move |user| ctx.body().err_into().map_ok(|body| (user, body)));
    read.and_then(|(user, body)| ready(issues::validate(&body)).map_ok(|issue| (user, issue)))
        .and_then(|(user, issue)| issues::create(issue, user.id).err_into())
        .boxed()
}

pub fn run() {
    for ctx in requests() {
        let asked = ctx.asked;
        spawn(favicon(ctx, create_issue).map(move |answer| respond(asked, answer)));
    }
}
