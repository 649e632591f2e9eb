//! The wrong styles: the async-await onion with one wrong layer, or with a wrong list of layers.

use std::sync::Arc;

use four_ways::async_await::compose::Running;
use four_ways::async_await::pipeline::{layers, units};
use four_ways::async_await::units::{Unit, queue};
use four_ways::async_await::{Layer, Next, compose};
use futures::FutureExt;
use futures::future::{Either, select};
use kit::Style;
use kit::clauses::LAYERS;
use pipeline::units::{Exact, Fuzzy, Guess, Voice, Welcome};
use pipeline::{
    Answer, Context, Error, Event, Outcome, Rule, Span, Verdict, rules, units as unit_rules,
};
use wechat::{Kind, Reply};

fn style(name: &'static str, layers: Vec<Layer>) -> Style {
    let onion = compose(layers);
    Style::new(name, move |host, request| {
        let onion = onion.clone();
        async move { onion.handle(host, request).await }
    })
}

/// The right layers, except one.
fn but(name: &'static str, wrong: Layer) -> Style {
    let mut layers = layers(units());
    let at = LAYERS.iter().position(|layer| *layer == name).expect("a layer");
    layers[at] = wrong;
    style("wrong", layers)
}

pub fn swallowed_error() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        next.contained(ctx).await?;
        let record = rules::exchange::record(ctx)?;
        // The result of the commit is ignored.
        if ctx.host().commit(lease.id(), record).await.is_ok() {
            lease.settle();
        }
        Ok(())
    }
    but("exchange", Layer::new("exchange", exchange))
}

pub fn on_after_an_error() -> Style {
    async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let account = ctx.host().account(&ctx.request().account).await;
        // The famous missing `return`.
        let account = match account {
            Ok(account) => account,
            Err(_) => ctx.host().account("demo").await?,
        };
        rules::account::found(ctx, account)?;
        next.run(ctx).await
    }
    but("account", Layer::new("account", account))
}

pub fn submits_after_a_failure() -> Style {
    async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let name = &ctx.request().account;
        let found = match ctx.host().account(name).await {
            Ok(found) => found,
            Err(failure) => {
                let _second_try = ctx.host().account(name).await;
                return Err(failure.into());
            }
        };
        rules::account::found(ctx, found)?;
        next.run(ctx).await
    }
    but("account", Layer::new("account", account))
}

pub fn changed_error() -> Style {
    async fn envelope(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::envelope::open(ctx)?;
        next.run(ctx).await.map_err(|_| Error::Method)?;
        rules::envelope::seal(ctx)
    }
    but("envelope", Layer::new("envelope", envelope))
}

pub fn second_reply() -> Style {
    async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let rest = next.detached(ctx).boxed();
        let (back, outcome) = match select(rest, timer).await {
            Either::Left((ended, _)) => ended,
            Either::Right((Ok(()), rest)) => {
                let late = Arc::clone(&origin);
                let reply = rest.map(move |(mut ctx, outcome)| {
                    drop(late.reply(outcome, ctx.response.take()));
                });
                origin.host().spawn(reply.boxed());
                (rules::deadline::expired(&origin), Ok(()))
            }
            Either::Right((Err(_), rest)) => rest.await,
        };
        *ctx = back;
        outcome
    }
    but("deadline", Layer::new("deadline", deadline))
}

pub fn skipped_after_phase() -> Style {
    async fn log(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let started = ctx.host().elapsed();
        let outcome = next.run(ctx).await;
        if ctx.response.as_ref().is_some_and(|response| response.status == 200) {
            rules::log::write(ctx, started, &outcome);
        }
        outcome
    }
    but("log", Layer::new("log", log))
}

pub fn swapped_layers() -> Style {
    let mut layers = layers(units());
    layers.swap(4, 5);
    style("wrong", layers)
}

pub fn unawaited_next() -> Style {
    async fn verify(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::verify::verify(ctx)?;
        let origin = Arc::clone(ctx.origin());
        // As in koa 2: a `next` that is not awaited goes on by itself.
        origin.host().spawn(next.detached(ctx).map(drop).boxed());
        Ok(())
    }
    but("verify", Layer::new("verify", verify))
}

pub fn outer_first() -> Style {
    /// Reports that it leaves before it really does.
    async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let found = ctx.host().account(&ctx.request().account).await?;
        rules::account::found(ctx, found)?;
        ctx.host().record(Event::Left("account", pipeline::Class::Done));
        next.run(ctx).await
    }
    but("account", Layer::new("account", account))
}

pub fn doubled_layer() -> Style {
    let mut twice = layers(units());
    twice.insert(5, layers(units()).remove(4));
    style("wrong", twice)
}

pub fn dropped_next() -> Style {
    async fn handshake(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::handshake::answer(ctx)?;
        drop(next.run(ctx));
        Ok(())
    }
    but("handshake", Layer::new("handshake", handshake))
}

pub fn early_commit() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        let created = ctx.host().now().as_secs();
        ctx.answer = Some(Answer { reply: Reply::Success, created, unit: "-", salt: [0; 16] });
        let record = rules::exchange::record(ctx)?;
        ctx.host().commit(lease.id(), record).await?;
        lease.settle();
        next.run(ctx).await
    }
    but("exchange", Layer::new("exchange", exchange))
}

pub fn unawaited_commit() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        next.contained(ctx).await?;
        let record = rules::exchange::record(ctx)?;
        let commit = ctx.host().commit(lease.id(), record);
        // What bluebird's benchmark does in 21 of 24 files.
        ctx.host().spawn(commit.map(move |_| lease.settle()).boxed());
        Ok(())
    }
    but("exchange", Layer::new("exchange", exchange))
}

/// `exchange`; the argument decides what happens to a failed or finished exchange.
fn exchange_ending(ending: Ending) -> Style {
    but(
        "exchange",
        Layer::capturing("exchange", move |ctx, next| {
            Running::new(async move {
                let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
                let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
                let mut outcome = next.contained(ctx).await;
                if outcome.is_ok() && ending != Ending::NoCommit {
                    // ANCHOR: old_session
                    let mut record = rules::exchange::record(ctx)?;
                    if ending == Ending::OldSession {
                        record.session.exchanges = 1;
                    }
                    let committed = ctx.host().commit(lease.id(), record).await;
                    // ANCHOR_END: old_session
                    outcome = committed.map_err(Error::from);
                }
                // ANCHOR: failed_exchange
                if outcome.is_err() {
                    match ending {
                        Ending::NoAbort => {}
                        // ANCHOR: abort_not_awaited
                        Ending::LateAbort => {
                            let abort = ctx.host().abort(lease.id());
                            ctx.host().spawn(abort.map(drop).boxed());
                        }
                        // ANCHOR_END: abort_not_awaited
                        Ending::NoCommit | Ending::OldSession => {
                            ctx.host().abort(lease.id()).await?;
                        }
                    }
                }
                outcome
                // ANCHOR_END: failed_exchange
            })
        }),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    NoAbort,
    LateAbort,
    NoCommit,
    OldSession,
}

pub fn missing_abort() -> Style {
    exchange_ending(Ending::NoAbort)
}

pub fn late_abort() -> Style {
    exchange_ending(Ending::LateAbort)
}

pub fn missing_commit() -> Style {
    exchange_ending(Ending::NoCommit)
}

pub fn lost_update() -> Style {
    exchange_ending(Ending::OldSession)
}

pub fn no_stored_reply() -> Style {
    async fn envelope(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::envelope::open(ctx)?;
        next.run(ctx).await?;
        if ctx.repeat
            && let Some(answer) = &mut ctx.answer
        {
            answer.reply = Reply::Success;
        }
        rules::envelope::seal(ctx)
    }
    but("envelope", Layer::new("envelope", envelope))
}

pub fn out_of_rank() -> Style {
    let mut units = units();
    units.swap(4, 5);
    style("wrong", layers(units))
}

/// A queue of rules, walked in a way of its own.
fn walking(walk: fn(&mut Context)) -> Style {
    let layer = Layer::capturing("units", move |ctx, _| {
        Running::new(async move {
            walk(ctx);
            Ok(())
        })
    });
    but("units", layer)
}

const RULES: [&dyn Rule; 5] = [&Voice, &Welcome, &Guess, &Exact, &Fuzzy];

pub fn asks_on() -> Style {
    walking(|ctx| {
        unit_rules::nobody(ctx);
        for rule in RULES {
            rule.decide(ctx).settle(ctx, rule.name());
        }
    })
}

pub fn no_preference() -> Style {
    walking(|ctx| {
        for rule in RULES {
            if rule.decide(ctx).settle(ctx, rule.name()) {
                return;
            }
            if rule.name() == "guess" {
                Verdict::Pass.settle(ctx, "later");
            }
        }
        unit_rules::nobody(ctx);
    })
}

pub fn other_words() -> Style {
    async fn recover(ctx: &mut Context, next: Next<'_>) -> Outcome {
        if let Err(error) = next.contained(ctx).await {
            rules::recover::recover(ctx, &error);
            if let Some(response) = &mut ctx.response {
                response.body = "an error".into();
            }
        }
        Ok(())
    }
    but("recover", Layer::new("recover", recover))
}

pub fn other_journal() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        let outcome = match next.contained(ctx).await {
            Ok(()) => commit(ctx, lease.id()).await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            let _aborted = ctx.host().abort(lease.id()).await;
        } else {
            lease.settle();
        }
        outcome
    }
    async fn commit(ctx: &mut Context, lease: pipeline::LeaseId) -> Outcome {
        let record = pipeline::Record { kind: "-", ..rules::exchange::record(ctx)? };
        Ok(ctx.host().commit(lease, record).await?)
    }
    but("exchange", Layer::new("exchange", exchange))
}

pub fn told_failure() -> Style {
    async fn recover(ctx: &mut Context, next: Next<'_>) -> Outcome {
        if let Err(error) = next.contained(ctx).await {
            rules::recover::recover(ctx, &error);
            if let Some(response) = &mut ctx.response {
                response.body = error.to_string().into();
            }
        }
        Ok(())
    }
    but("recover", Layer::new("recover", recover))
}

pub fn methods_everywhere() -> Style {
    async fn recover(ctx: &mut Context, next: Next<'_>) -> Outcome {
        if let Err(error) = next.contained(ctx).await {
            rules::recover::recover(ctx, &error);
            if let Some(response) = &mut ctx.response {
                response.allow = Some("GET, POST");
            }
        }
        Ok(())
    }
    but("recover", Layer::new("recover", recover))
}

pub fn wrong_log() -> Style {
    async fn log(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let started = ctx.host().elapsed();
        let outcome = next.run(ctx).await;
        ctx.kind = "text";
        rules::log::write(ctx, started, &outcome);
        outcome
    }
    but("log", Layer::new("log", log))
}

pub fn wrong_game() -> Style {
    struct Reversed;
    impl Rule for Reversed {
        fn name(&self) -> &'static str {
            "guess"
        }

        fn decide(&self, ctx: &mut Context) -> Verdict {
            if let Some(message) = &mut ctx.message
                && let Kind::Text { content } = &mut message.kind
                && content == "10"
            {
                *content = "90".to_owned();
            }
            Guess.decide(ctx)
        }
    }
    let mut units = units();
    units[2] = Unit::Rule(&Reversed);
    let mut layers = layers(Vec::new());
    layers[8] = queue(units);
    style("wrong", layers)
}

pub fn leak() -> Style {
    async fn log(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let started = ctx.host().elapsed();
        let outcome = next.run(ctx).await;
        rules::log::write(ctx, started, &outcome);
        let held = Arc::clone(ctx.origin());
        ctx.host().spawn(
            async move {
                futures::future::pending::<()>().await;
                drop(held);
            }
            .boxed(),
        );
        outcome
    }
    but("log", Layer::new("log", log))
}

pub fn endless() -> Style {
    async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
        loop {
            let found = ctx.host().account(&ctx.request().account).await?;
            if found.is_none() {
                break;
            }
        }
        drop(Span::enter(ctx.origin(), "never"));
        next.run(ctx).await
    }
    but("account", Layer::new("account", account))
}
