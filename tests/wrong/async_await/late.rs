//! What goes wrong with late answers in async/await.

use std::sync::Arc;

use four_ways::async_await::services::push;
use four_ways::async_await::units::Unit;
use four_ways::async_await::{Layer, Next};
use futures::FutureExt;
use futures::future::{BoxFuture, Either, select};
use kit::Style;
use pipeline::rules::deadline as rule;
use pipeline::{Begun, Context, Expired, Outcome, Rule, Verdict, rules};
use wechat::Reply;

use super::right::{but, but_unit};

type Rest = BoxFuture<'static, (Box<Context>, Outcome)>;

/// `deadline`, up to its end: with the layers that go on, if the timer was first.
async fn first(ctx: &mut Context, next: Next<'_>) -> Result<Outcome, Rest> {
    let timer = ctx.origin().host().sleep(rule::LIMIT);
    let rest = next.detached(ctx).boxed();
    let (back, outcome) = match select(rest, timer).await {
        Either::Left((ended, _)) => ended,
        Either::Right((Ok(()), rest)) => return Err(rest),
        Either::Right((Err(_), rest)) => rest.await,
    };
    *ctx = *back;
    Ok(outcome)
}

pub fn layers_that_are_not_spawned() -> Style {
    async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let rest = match first(ctx, next).await {
            Ok(outcome) => return outcome,
            Err(rest) => rest,
        };
        let origin = Arc::clone(ctx.origin());
        match rule::expired(&origin) {
            Expired::Held => {
                // They are a part of this future, and dropped with it.
                let (back, outcome) = rest.await;
                *ctx = *back;
                return outcome;
            }
            Expired::Pushed => origin.host().spawn(
                async move {
                    let (ctx, outcome) = rest.await;
                    push(&ctx, &outcome, &Arc::default()).await;
                }
                .boxed(),
            ),
            Expired::Answered => origin.host().spawn(rest.map(drop).boxed()),
        }
        *ctx = rule::success(&origin);
        Ok(())
    }
    but("deadline", || Layer::new("deadline", deadline))
}

pub fn push_in_time() -> Style {
    async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let tickets = Arc::default();
        match first(ctx, next).await {
            Ok(outcome) => {
                push(ctx, &outcome, &tickets).await;
                outcome
            }
            Err(rest) => {
                let expired = super::super::expired(ctx.origin());
                ctx.host().spawn(rest.map(drop).boxed());
                *ctx = expired;
                Ok(())
            }
        }
    }
    but("deadline", || Layer::new("deadline", deadline))
}

pub fn late_answer_lost() -> Style {
    async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
        match first(ctx, next).await {
            Ok(outcome) => outcome,
            Err(rest) => {
                let expired = super::super::expired(ctx.origin());
                ctx.host().spawn(rest.map(drop).boxed());
                *ctx = expired;
                Ok(())
            }
        }
    }
    but("deadline", || Layer::new("deadline", deadline))
}

pub fn silent_notice() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let late = matches!(begun, Begun::Late);
        let Some(lease) = rules::exchange::open(ctx, begun)? else {
            if let Some(answer) = ctx.answer.as_mut().filter(|_| late) {
                answer.reply = Reply::Success;
            }
            return Ok(());
        };
        let mut outcome = next.contained(ctx).await;
        if outcome.is_ok() {
            let record = rules::exchange::record(ctx)?;
            outcome = ctx.host().commit(lease.id(), record).await.map_err(Into::into);
        }
        if outcome.is_ok() || ctx.host().abort(lease.id()).await.is_ok() {
            lease.settle();
        }
        outcome
    }
    but("exchange", || Layer::new("exchange", exchange))
}

/// A unit in the place of `owed` that gives nothing.
struct Forgetful;

impl Rule for Forgetful {
    fn name(&self) -> &'static str {
        "owed"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        ctx.session.owed = None;
        Verdict::Pass
    }
}

pub fn forgotten_debt() -> Style {
    but_unit("owed", || Unit::Rule(&Forgetful))
}
