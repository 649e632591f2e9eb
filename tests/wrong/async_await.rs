//! The wrong styles of async/await: the right list with one wrong layer, or a wrong list.

mod late;
mod right;
mod services;

pub use late::*;
pub use services::*;

use right::{all, but, but_unit, style};

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex};

use four_ways::async_await::pipeline::{layers, units};
use four_ways::async_await::units::Unit;
use four_ways::async_await::{Layer, Next};
use futures::FutureExt;
use futures::future::{Either, select};
use kit::Style;
use pipeline::units::{Exact, Fuzzy, Guess, Owed, Voice, Welcome};
use pipeline::{
    Answer, Completer, Context, Error, Event, Operation, Outcome, Pending, Rule, Span, Verdict,
    rules, units as unit_rules,
};
use wechat::{Kind, Reply};

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
    but("exchange", || Layer::new("exchange", exchange))
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
    but("account", || Layer::new("account", account))
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
    but("account", || Layer::new("account", account))
}

pub fn changed_error() -> Style {
    async fn envelope(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::envelope::open(ctx)?;
        next.run(ctx).await.map_err(|_| Error::Method)?;
        rules::envelope::seal(ctx)
    }
    but("envelope", || Layer::new("envelope", envelope))
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
                (Box::new(super::expired(&origin)), Ok(()))
            }
            Either::Right((Err(_), rest)) => rest.await,
        };
        *ctx = *back;
        outcome
    }
    but("deadline", || Layer::new("deadline", deadline))
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
    but("log", || Layer::new("log", log))
}

pub fn swapped_layers() -> Style {
    style(|| {
        let mut layers = all();
        layers.swap(4, 5);
        layers
    })
}

pub fn unawaited_next() -> Style {
    async fn verify(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::verify::verify(ctx)?;
        let origin = Arc::clone(ctx.origin());
        // As in koa 2: a `next` that is not awaited goes on by itself.
        origin.host().spawn(next.detached(ctx).map(drop).boxed());
        Ok(())
    }
    but("verify", || Layer::new("verify", verify))
}

pub fn outer_first() -> Style {
    /// Reports that it leaves before it really does.
    async fn account(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let found = ctx.host().account(&ctx.request().account).await?;
        rules::account::found(ctx, found)?;
        ctx.host().record(Event::Left("account", pipeline::Class::Done));
        next.run(ctx).await
    }
    but("account", || Layer::new("account", account))
}

pub fn doubled_layer() -> Style {
    style(|| {
        let mut twice = all();
        twice.insert(5, all().remove(4));
        twice
    })
}

pub fn dropped_next() -> Style {
    async fn handshake(ctx: &mut Context, next: Next<'_>) -> Outcome {
        rules::handshake::answer(ctx)?;
        drop(next.run(ctx));
        Ok(())
    }
    but("handshake", || Layer::new("handshake", handshake))
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
    but("exchange", || Layer::new("exchange", exchange))
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
    but("exchange", || Layer::new("exchange", exchange))
}

/// `exchange`; the argument decides what happens to a failed or finished exchange.
fn exchange_ending(ending: Ending) -> Style {
    but("exchange", move || {
        Layer::capturing("exchange", move |ctx, next| {
            async move {
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
            }
            .boxed()
        })
    })
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
    but("envelope", || Layer::new("envelope", envelope))
}

pub fn out_of_rank() -> Style {
    style(|| {
        let tickets = Arc::default();
        let mut units = units(&tickets);
        units.swap(9, 10);
        layers(units, &tickets)
    })
}

/// A queue of rules, walked in a way of its own.
fn walking(walk: fn(&mut Context)) -> Style {
    but("units", move || {
        Layer::capturing("units", move |ctx, _| {
            async move {
                walk(ctx);
                Ok(())
            }
            .boxed()
        })
    })
}

const RULES: [&dyn Rule; 6] = [&Owed, &Voice, &Welcome, &Guess, &Exact, &Fuzzy];

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
            let waiting: &[&str] = match rule.name() {
                "welcome" => &["profile"],
                "guess" => &["later", "weather", "ask", "articles"],
                _ => &[],
            };
            for unit in waiting {
                Verdict::Pass.settle(ctx, unit);
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
    but("recover", || Layer::new("recover", recover))
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
    but("exchange", || Layer::new("exchange", exchange))
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
    but("recover", || Layer::new("recover", recover))
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
    but("recover", || Layer::new("recover", recover))
}

pub fn wrong_log() -> Style {
    async fn log(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let started = ctx.host().elapsed();
        let outcome = next.run(ctx).await;
        ctx.kind = "text";
        rules::log::write(ctx, started, &outcome);
        outcome
    }
    but("log", || Layer::new("log", log))
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
    but_unit("guess", || Unit::Rule(&Reversed))
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
    but("log", || Layer::new("log", log))
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
    but("account", || Layer::new("account", account))
}

pub fn question_mark() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        let outcome = next.contained(ctx).await;
        if outcome.is_err() {
            ctx.host().abort(lease.id()).await?;
        } else {
            // `?` leaves the function, and with it the place where the abort would be.
            ctx.host().commit(lease.id(), rules::exchange::record(ctx)?).await?;
        }
        lease.settle();
        outcome
    }
    but("exchange", || Layer::new("exchange", exchange))
}

pub fn guard_given_up() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        let id = lease.id();
        lease.settle(); // so nothing ends the turn of a request that is dropped
        let mut outcome = next.contained(ctx).await;
        if outcome.is_ok() {
            let record = rules::exchange::record(ctx)?;
            outcome = ctx.host().commit(id, record).await.map_err(Error::from);
        }
        if outcome.is_err() {
            let _aborted = ctx.host().abort(id).await;
        }
        outcome
    }
    but("exchange", || Layer::new("exchange", exchange))
}

pub fn half_done_commit_dropped() -> Style {
    async fn exchange(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let begun = ctx.host().begin(rules::exchange::exchange(ctx)?).await?;
        let Some(lease) = rules::exchange::open(ctx, begun)? else { return Ok(()) };
        let mut outcome = next.contained(ctx).await;
        if outcome.is_ok() {
            let record = rules::exchange::record(ctx)?;
            let commit = ctx.host().commit(lease.id(), record);
            // `select!` in a loop: what has not ended yet is dropped.
            let patience = std::future::ready(());
            if let Either::Left((committed, _)) = select(commit, patience).await {
                outcome = committed.map_err(Error::from);
            }
        }
        if outcome.is_err() {
            let _aborted = ctx.host().abort(lease.id()).await;
        }
        lease.settle();
        outcome
    }
    but("exchange", || Layer::new("exchange", exchange))
}

pub fn timeout_around_the_commit() -> Style {
    async fn deadline(ctx: &mut Context, next: Next<'_>) -> Outcome {
        let origin = Arc::clone(ctx.origin());
        let timer = origin.host().sleep(rules::deadline::LIMIT);
        let expired = match select(next.contained(ctx).boxed(), timer).await {
            Either::Left((outcome, _)) => return outcome,
            Either::Right((Ok(()), _)) => super::expired(&origin),
            Either::Right((Err(_), rest)) => return rest.await,
        };
        *ctx = expired; // the layers further in were dropped with their future
        Ok(())
    }
    but("deadline", || Layer::new("deadline", deadline))
}

pub fn spawned_next() -> Style {
    async fn handshake(ctx: &mut Context, next: Next<'_>) -> Outcome {
        if !rules::handshake::answer(ctx)? {
            // Spawned where it had to be awaited.
            let origin = Arc::clone(ctx.origin());
            origin.host().spawn(next.detached(ctx).map(drop).boxed());
        }
        Ok(())
    }
    but("handshake", || Layer::new("handshake", handshake))
}

pub fn lock_over_next() -> Style {
    let lock = Arc::new(futures::lock::Mutex::new(()));
    but("account", move || {
        let lock = Arc::clone(&lock);
        Layer::capturing("account", move |ctx, next| {
            let lock = Arc::clone(&lock);
            async move {
                let found = ctx.host().account(&ctx.request().account).await?;
                rules::account::found(ctx, found)?;
                // Held over an `await`, so all users wait for one.
                let _held = lock.lock().await;
                next.run(ctx).await
            }
            .boxed()
        })
    })
}

pub fn last_come_first_served() -> Style {
    let crowd = Arc::new(Crowd::default());
    but("exchange", move || {
        let crowd = Arc::clone(&crowd);
        Layer::capturing("exchange", move |ctx, next| {
            let crowd = Arc::clone(&crowd);
            async move {
                let user = Arc::clone(ctx.message()?.key().user());
                let _turn = Turn::wait(&crowd, user).await;
                four_ways::async_await::layers::exchange(ctx, next).await
            }
            .boxed()
        })
    })
}

/// The messages that wait behind one of their user, in a stack.
#[derive(Default)]
struct Crowd(Mutex<BTreeMap<Arc<str>, Vec<Completer<()>>>>);

struct Turn<'a> {
    crowd: &'a Crowd,
    user: Arc<str>,
}

impl<'a> Turn<'a> {
    async fn wait(crowd: &'a Crowd, user: Arc<str>) -> Self {
        let ahead = match crowd.0.lock().expect("not poisoned").entry(Arc::clone(&user)) {
            Entry::Vacant(nobody) => {
                nobody.insert(Vec::new());
                None
            }
            Entry::Occupied(mut waiting) => {
                let (completer, ahead) = Pending::new(Operation::Begin);
                waiting.get_mut().push(completer);
                Some(ahead)
            }
        };
        if let Some(ahead) = ahead {
            let _over = ahead.await;
        }
        Self { crowd, user }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut crowd = self.crowd.0.lock().expect("not poisoned");
        // `pop` takes the last one.
        let next = loop {
            match crowd.get_mut(&self.user).and_then(Vec::pop) {
                Some(next) if !next.is_wanted() => {}
                next => break next,
            }
        };
        if next.is_none() {
            crowd.remove(&self.user);
        }
        drop(crowd);
        if let Some(next) = next {
            next.complete(Ok(()));
        }
    }
}
