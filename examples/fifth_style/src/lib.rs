//! A fifth style, to show how much work a new style is: plain functions that call each other by
//! name, without a list of layers and without `next`. It depends only on the kit, which needs one
//! adapter function: [`style`]. `cargo run -p fifth_style` judges it.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use kit::Style;
use kit::pipeline::units::{Exact, Fuzzy, Guess, Owed, Voice, Welcome, later, nobody};
use kit::pipeline::{
    Class, Context, Error, Expired, Host, Operation, Outcome, Pending, Request, Response, Rule,
    Span, Verdict, Walk, rules,
};

/// The style, as the kit sees it.
#[must_use]
pub fn style() -> Style {
    Style::new("direct calls", handle)
}

type Back = (Context, Outcome);

/// Records a layer around a function.
async fn layer(name: &'static str, ctx: Context, run: impl AsyncFnOnce(Context) -> Back) -> Back {
    let span = Span::enter(ctx.origin(), name);
    let back = run(ctx).await;
    if let Some(span) = span {
        span.leave(Class::of(&back.1));
    }
    back
}

/// Turns a panic into an error.
async fn contained(ctx: Context, run: impl AsyncFnOnce(Context) -> Back) -> Back {
    let origin = Arc::clone(ctx.origin());
    let mut running = pin!(run(ctx));
    poll_fn(|task| {
        catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(task)))
            .unwrap_or_else(|_| Poll::Ready((Context::of(&origin), Err(Error::Panicked))))
    })
    .await
}

async fn handle(host: Arc<dyn Host>, request: Request) -> Response {
    let (mut ctx, outcome) = contained(Context::new(host, request), log).await;
    let response = ctx.response.take();
    ctx.origin().reply(outcome, response)
}

async fn log(ctx: Context) -> Back {
    layer("log", ctx, async |ctx| {
        let started = ctx.host().elapsed();
        let (ctx, outcome) = recover(ctx).await;
        rules::log::write(&ctx, started, &outcome);
        (ctx, outcome)
    })
    .await
}

async fn recover(ctx: Context) -> Back {
    layer("recover", ctx, async |ctx| {
        let (mut ctx, outcome) = contained(ctx, deadline).await;
        if let Err(error) = outcome {
            rules::recover::recover(&mut ctx, &error);
        }
        (ctx, Ok(()))
    })
    .await
}

async fn deadline(ctx: Context) -> Back {
    layer("deadline", ctx, async |ctx| {
        let origin = Arc::clone(ctx.origin());
        let mut timer = origin.host().sleep(rules::deadline::LIMIT);
        let mut rest: Pin<Box<dyn Future<Output = Back> + Send>> =
            Box::pin(contained(ctx, account));
        // Returns the one that is ready first. If both are ready, the rest wins.
        let first = poll_fn(|task| match rest.as_mut().poll(task) {
            Poll::Ready(ended) => Poll::Ready(Ok(ended)),
            Poll::Pending => Pin::new(&mut timer).poll(task).map(Err),
        });
        match first.await {
            Ok(ended) => ended,
            Err(Ok(())) => match rules::deadline::expired(&origin) {
                Expired::Held => {
                    let (tell, told) = Pending::new(Operation::Sleep);
                    origin.host().spawn(Box::pin(async {
                        // Nobody hears it after the request was cancelled.
                        tell.complete(Ok(rest.await));
                    }));
                    told.await.unwrap_or_else(|failure| (Context::of(&origin), Err(failure.into())))
                }
                // It calls no service, so it cannot push.
                Expired::Pushed | Expired::Answered => {
                    origin.host().spawn(Box::pin(async { drop(rest.await) }));
                    (rules::deadline::success(&origin), Ok(()))
                }
            },
            // If the timer fails, there is no deadline.
            Err(Err(_)) => rest.await,
        }
    })
    .await
}

async fn account(ctx: Context) -> Back {
    layer("account", ctx, async |mut ctx| {
        let found = ctx.host().account(&ctx.request().account).await.map_err(Error::from);
        match found.and_then(|found| rules::account::found(&mut ctx, found)) {
            Ok(()) => verify(ctx).await,
            Err(error) => (ctx, Err(error)),
        }
    })
    .await
}

async fn verify(ctx: Context) -> Back {
    layer("verify", ctx, async |mut ctx| match rules::verify::verify(&mut ctx) {
        Ok(()) => handshake(ctx).await,
        Err(error) => (ctx, Err(error)),
    })
    .await
}

async fn handshake(ctx: Context) -> Back {
    layer("handshake", ctx, async |mut ctx| match rules::handshake::answer(&mut ctx) {
        Ok(true) => (ctx, Ok(())),
        Ok(false) => envelope(ctx).await,
        Err(error) => (ctx, Err(error)),
    })
    .await
}

async fn envelope(ctx: Context) -> Back {
    layer("envelope", ctx, async |mut ctx| {
        if let Err(error) = rules::envelope::open(&mut ctx) {
            return (ctx, Err(error));
        }
        let (mut ctx, outcome) = exchange(ctx).await;
        let outcome = outcome.and_then(|()| rules::envelope::seal(&mut ctx));
        (ctx, outcome)
    })
    .await
}

async fn exchange(ctx: Context) -> Back {
    layer("exchange", ctx, async |mut ctx| {
        let begun = match rules::exchange::exchange(&ctx) {
            Ok(asked) => ctx.host().begin(asked).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        let lease = match begun.and_then(|begun| rules::exchange::open(&mut ctx, begun)) {
            Ok(Some(lease)) => lease,
            Ok(None) => return (ctx, Ok(())),
            Err(error) => return (ctx, Err(error)),
        };
        let (ctx, mut outcome) = contained(ctx, units).await;
        if outcome.is_ok() {
            outcome = match rules::exchange::record(&ctx) {
                Ok(record) => ctx.host().commit(lease.id(), record).await.map_err(Error::from),
                Err(error) => Err(error),
            };
        }
        if outcome.is_ok() || ctx.host().abort(lease.id()).await.is_ok() {
            lease.settle();
        }
        (ctx, outcome)
    })
    .await
}

async fn units(ctx: Context) -> Back {
    const RULES: [Option<&dyn Rule>; 7] =
        [Some(&Owed), Some(&Voice), Some(&Welcome), Some(&Guess), None, Some(&Exact), Some(&Fuzzy)];
    let name = |rule: &Option<&dyn Rule>| rule.map_or(later::NAME, |rule| rule.name());
    layer("units", ctx, async |mut ctx| {
        let mut walk = Walk::new(&ctx, RULES.iter().map(name));
        while let Some(at) = walk.step(&ctx) {
            let verdict = match RULES[at] {
                Some(rule) => rule.decide(&mut ctx),
                None if !later::wants(&ctx) => Verdict::Pass,
                None => match ctx.host().sleep(later::PAUSE).await {
                    Ok(()) => later::verdict(),
                    Err(failure) => return (ctx, Err(failure.into())),
                },
            };
            if verdict.settle(&mut ctx, name(&RULES[at])) {
                return (ctx, Ok(()));
            }
        }
        nobody(&mut ctx);
        (ctx, Ok(()))
    })
    .await
}
