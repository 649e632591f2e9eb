use std::sync::Arc;

use ::pipeline::{Context, Rule, Verdict, Walk, units};
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt, future, stream};

use crate::compose::{Layer, Promise, PromiseExt, Rejection};

/// A unit: one that decides at once, or one that waits.
pub enum Unit {
    /// Decides at once, so it costs no chain.
    Rule(&'static dyn Rule),
    /// Waits for the host, if it wants the message. Whether it wants it is decided at once.
    Waits(&'static str, fn(&Context) -> bool, Box<Ask>),
}

type Ask = dyn Fn(Box<Context>) -> Promise<(Box<Context>, Verdict)> + Send + Sync;

impl Unit {
    /// A unit of a function or a closure, asked about the messages that it `wants`.
    pub fn waits(
        name: &'static str,
        wants: fn(&Context) -> bool,
        ask: impl Fn(Box<Context>) -> Promise<(Box<Context>, Verdict)> + Send + Sync + 'static,
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

/// The innermost layer: asks one unit after the other until one replies.
#[must_use]
pub fn queue(units: Vec<Unit>) -> Layer {
    let units: Arc<[Unit]> = units.into();
    Layer::new("units", move |ctx, _next| walk(Arc::clone(&units), ctx))
}

/// How a walk ends. A chain has no `break`, so `Err(Over)` ends it, although nothing has failed.
enum Exit {
    Over(Box<Context>),
    Rejected(Rejection),
}

impl Exit {
    fn ended(self) -> Result<Box<Context>, Rejection> {
        match self {
            Self::Over(ctx) => Ok(ctx),
            Self::Rejected(rejection) => Err(rejection),
        }
    }
}

/// A loop is a fold over a stream. A chain that called itself would need more stack for every unit.
/// If no unit waits, there is no chain.
fn walk(units: Arc<[Unit]>, ctx: Box<Context>) -> Promise {
    let walk = Walk::new(&ctx, units.iter().map(Unit::name));
    match step(&units, ctx, walk) {
        Err(exit) => Promise::settled(exit.ended()),
        Ok(asked) => asked
            .and_then(|first| {
                stream::repeat(()).map(Ok).try_fold(first, move |(ctx, walk), ()| {
                    future::ready(step(&units, ctx, walk)).try_flatten()
                })
            })
            .map(|ended| match ended {
                Ok((ctx, _)) => Ok(ctx),
                Err(exit) => exit.ended(),
            })
            .promise(),
    }
}

/// Asks units up to the next one that waits. Units that do not wait need no link of the chain.
fn step(
    units: &[Unit],
    mut ctx: Box<Context>,
    mut walk: Walk,
) -> Result<impl Future<Output = Result<(Box<Context>, Walk), Exit>> + use<>, Exit> {
    while let Some(at) = walk.step(&ctx) {
        let name = units[at].name();
        let verdict = match &units[at] {
            Unit::Rule(rule) => rule.decide(&mut ctx),
            Unit::Waits(_, wants, _) if !wants(&ctx) => Verdict::Pass,
            Unit::Waits(.., ask) => {
                return Ok(ask(ctx).map_err(Exit::Rejected).and_then(move |(mut ctx, verdict)| {
                    let over = verdict.settle(&mut ctx, name);
                    future::ready(if over { Err(Exit::Over(ctx)) } else { Ok((ctx, walk)) })
                }));
            }
        };
        if verdict.settle(&mut ctx, name) {
            return Err(Exit::Over(ctx));
        }
    }
    units::nobody(&mut ctx);
    Err(Exit::Over(ctx))
}
