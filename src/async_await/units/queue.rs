use std::sync::Arc;

use ::pipeline::{Context, Error, Outcome, Rule, Verdict, Walk, units};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::async_await::compose::Layer;

/// A unit: one that decides at once, or one that waits.
pub enum Unit {
    /// Decides at once, so it costs no future.
    Rule(&'static dyn Rule),
    /// Waits for the host, if it wants the message. Whether it wants it is decided at once.
    Waits(&'static str, fn(&Context) -> bool, Box<Ask>),
}

type Ask = dyn for<'a> Fn(&'a mut Context) -> BoxFuture<'a, Result<Verdict, Error>> + Send + Sync;

impl Unit {
    /// A unit of an `async fn(&mut Context) -> Result<Verdict, Error>`, asked about the messages
    /// that it `wants`.
    pub fn waits(
        name: &'static str,
        wants: fn(&Context) -> bool,
        ask: impl for<'a> Asking<'a> + Send + Sync + 'static,
    ) -> Self {
        Self::capturing(name, wants, move |ctx| ask(ctx).boxed())
    }

    /// A unit of a closure that shares something with other requests. The closure boxes its future
    /// itself, because the type of the future of a capturing closure cannot be written in a bound.
    pub fn capturing(
        name: &'static str,
        wants: fn(&Context) -> bool,
        ask: impl for<'a> Fn(&'a mut Context) -> BoxFuture<'a, Result<Verdict, Error>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self::Waits(name, wants, Box::new(ask))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Waits(name, ..) => name,
        }
    }
}

/// An `async fn(&mut Context) -> Result<Verdict, Error>`.
pub trait Asking<'a>: Fn(&'a mut Context) -> Self::Future {
    /// What the function returns.
    type Future: Future<Output = Result<Verdict, Error>> + Send + 'a;
}

impl<'a, F, R> Asking<'a> for F
where
    F: Fn(&'a mut Context) -> R,
    R: Future<Output = Result<Verdict, Error>> + Send + 'a,
{
    type Future = R;
}

/// The innermost layer: asks one unit after the other until one replies.
#[must_use]
pub fn queue(units: Vec<Unit>) -> Layer {
    let units: Arc<[Unit]> = units.into();
    Layer::capturing("units", move |ctx, _next| walk(Arc::clone(&units), ctx).boxed())
}

async fn walk(units: Arc<[Unit]>, ctx: &mut Context) -> Outcome {
    let mut walk = Walk::new(ctx, units.iter().map(Unit::name));
    while let Some(at) = walk.step(ctx) {
        let unit = &units[at];
        let verdict = match unit {
            Unit::Rule(rule) => rule.decide(ctx),
            Unit::Waits(_, wants, _) if !wants(ctx) => Verdict::Pass,
            Unit::Waits(.., ask) => ask(ctx).await?,
        };
        if verdict.settle(ctx, unit.name()) {
            return Ok(());
        }
    }
    units::nobody(ctx);
    Ok(())
}
