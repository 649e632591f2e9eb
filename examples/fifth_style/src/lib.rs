//! A fifth style, to show how much work a new style is: plain functions that call each other by
//! name, without a list of layers and without `next`. It depends only on the kit, which needs one
//! adapter function: [`style`]. `cargo run -p fifth_style` judges it.
//!
//! * `both`: two futures at the same time.
//! * `services`: the account's ticket, which requests share, and WeChat's API.
//! * `units`: the units that wait for something.
#![forbid(unsafe_code)]

mod both;
mod services;
mod units;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use kit::Style;
use kit::pipeline::units::nobody;
use kit::pipeline::{
    Class, Context, Error, Expired, Host, Operation, Outcome, Pending, Request, Response, Span,
    Walk, rules,
};

use self::both::{First, first};
use self::services::{Tickets, push};
use self::units::UNITS;

/// The style, as the kit sees it. Requests share the tickets that are being fetched.
#[must_use]
pub fn style() -> Style {
    Style::opening(|| {
        let tickets = Tickets::default();
        Style::new("direct calls", move |host, request| handle(host, request, tickets.clone()))
    })
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

async fn handle(host: Arc<dyn Host>, request: Request, tickets: Tickets) -> Response {
    let ctx = Context::new(host, request);
    let (mut ctx, outcome) = contained(ctx, async |ctx| log(ctx, tickets).await).await;
    let response = ctx.response.take();
    ctx.origin().reply(outcome, response)
}

async fn log(ctx: Context, tickets: Tickets) -> Back {
    layer("log", ctx, async |ctx| {
        let started = ctx.host().elapsed();
        let (ctx, outcome) = recover(ctx, tickets).await;
        rules::log::write(&ctx, started, &outcome);
        (ctx, outcome)
    })
    .await
}

async fn recover(ctx: Context, tickets: Tickets) -> Back {
    layer("recover", ctx, async |ctx| {
        let (mut ctx, outcome) = contained(ctx, async |ctx| deadline(ctx, tickets).await).await;
        if let Err(error) = outcome {
            rules::recover::recover(&mut ctx, &error);
        }
        (ctx, Ok(()))
    })
    .await
}

async fn deadline(ctx: Context, tickets: Tickets) -> Back {
    layer("deadline", ctx, async |ctx| {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let pushes = tickets.clone();
        let rest: Pin<Box<dyn Future<Output = Back> + Send>> =
            Box::pin(contained(ctx, async |ctx| account(ctx, tickets).await));
        match first(rest, timer).await {
            First::One(ended, _) => ended,
            First::Other(Ok(()), rest) => match rules::deadline::expired(&origin) {
                Expired::Held => {
                    let (tell, told) = Pending::new(Operation::Sleep);
                    origin.host().spawn(Box::pin(async {
                        // Nobody hears it after the request was cancelled.
                        tell.complete(Ok(rest.await));
                    }));
                    told.await.unwrap_or_else(|failure| (Context::of(&origin), Err(failure.into())))
                }
                Expired::Pushed => {
                    origin.host().spawn(Box::pin(async {
                        let (ctx, outcome) = rest.await;
                        push(&ctx, &outcome, pushes).await;
                    }));
                    (rules::deadline::success(&origin), Ok(()))
                }
                Expired::Answered => {
                    origin.host().spawn(Box::pin(async { drop(rest.await) }));
                    (rules::deadline::success(&origin), Ok(()))
                }
            },
            // If the timer fails, there is no deadline.
            First::Other(Err(_), rest) => rest.await,
        }
    })
    .await
}

async fn account(ctx: Context, tickets: Tickets) -> Back {
    layer("account", ctx, async |mut ctx| {
        let found = ctx.host().account(&ctx.request().account).await.map_err(Error::from);
        match found.and_then(|found| rules::account::found(&mut ctx, found)) {
            Ok(()) => verify(ctx, tickets).await,
            Err(error) => (ctx, Err(error)),
        }
    })
    .await
}

async fn verify(ctx: Context, tickets: Tickets) -> Back {
    layer("verify", ctx, async |mut ctx| match rules::verify::verify(&mut ctx) {
        Ok(()) => handshake(ctx, tickets).await,
        Err(error) => (ctx, Err(error)),
    })
    .await
}

async fn handshake(ctx: Context, tickets: Tickets) -> Back {
    layer("handshake", ctx, async |mut ctx| match rules::handshake::answer(&mut ctx) {
        Ok(true) => (ctx, Ok(())),
        Ok(false) => envelope(ctx, tickets).await,
        Err(error) => (ctx, Err(error)),
    })
    .await
}

async fn envelope(ctx: Context, tickets: Tickets) -> Back {
    layer("envelope", ctx, async |mut ctx| {
        if let Err(error) = rules::envelope::open(&mut ctx) {
            return (ctx, Err(error));
        }
        let (mut ctx, outcome) = exchange(ctx, tickets).await;
        let outcome = outcome.and_then(|()| rules::envelope::seal(&mut ctx));
        (ctx, outcome)
    })
    .await
}

async fn exchange(ctx: Context, tickets: Tickets) -> Back {
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
        let (ctx, mut outcome) = contained(ctx, async |ctx| units(ctx, tickets).await).await;
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

async fn units(ctx: Context, tickets: Tickets) -> Back {
    layer("units", ctx, async |mut ctx| {
        let mut walk = Walk::new(&ctx, UNITS.iter().map(|unit| unit.name()));
        while let Some(at) = walk.step(&ctx) {
            let verdict = match UNITS[at].ask(&mut ctx, &tickets).await {
                Ok(verdict) => verdict,
                Err(error) => return (ctx, Err(error)),
            };
            if verdict.settle(&mut ctx, UNITS[at].name()) {
                return (ctx, Ok(()));
            }
        }
        nobody(&mut ctx);
        (ctx, Ok(()))
    })
    .await
}
