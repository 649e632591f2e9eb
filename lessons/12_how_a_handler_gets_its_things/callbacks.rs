//! Callbacks: `next` and `done` are arguments, and every check has a `return` of its own.

use super::context::{Answer, Context, Thrown, User, requests, respond, wait};
use super::issues::{self, later};

type Done = Box<dyn FnOnce(Answer) + Send>;

/// Middleware: answers for the icon, and hands on everything else.
fn favicon(ctx: Context, next: fn(Context, Done), done: Done) {
    match ctx.asked {
        ("GET", "/favicon.ico") => wait(later("(icon)"), done),
        (_, "/favicon.ico") => done(Err(Thrown(405))),
        _ => next(ctx, done),
    }
}

/// Rights, body, validation, store, answer.
fn create_issue(ctx: Context, done: Done) {
    let user = match ctx.token().and_then(User::with_right) {
        Err(thrown) => return done(Err(thrown)),
        Ok(user) => user,
    };
    wait(ctx.body(), |body| match body.and_then(|body| issues::validate(&body)) {
        Err(thrown) => done(Err(thrown)),
        Ok(issue) => wait(issues::create(issue, user.id), done),
    });
}

pub fn run() {
    for ctx in requests() {
        let asked = ctx.asked;
        favicon(ctx, create_issue, Box::new(move |answer| respond(asked, answer)));
    }
}
