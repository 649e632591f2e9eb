use std::sync::Arc;

use ::pipeline::{Context, Rule, Verdict, Walk, units};
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt, stream};

use crate::compose::{Layer, Promise, PromiseExt, Rejection};

/// A unit: one that decides at once, or one that waits.
pub enum Unit {
    /// Decides at once, so it costs no chain.
    Rule(&'static dyn Rule),
    /// Waits for the host.
    Waits(&'static str, Box<Ask>),
}

type Ask = dyn Fn(Box<Context>) -> Promise<(Box<Context>, Verdict)> + Send + Sync;

impl Unit {
    /// A unit of a function or a closure.
    pub fn waits(
        name: &'static str,
        ask: impl Fn(Box<Context>) -> Promise<(Box<Context>, Verdict)> + Send + Sync + 'static,
    ) -> Self {
        Self::Waits(name, Box::new(ask))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.name(),
            Self::Waits(name, _) => name,
        }
    }
}

/// The innermost layer: asks one unit after the other until one replies.
#[must_use]
pub fn queue(units: Vec<Unit>) -> Layer {
    let units: Arc<[Unit]> = units.into();
    Layer::new("units", move |ctx, _next| walk(Arc::clone(&units), ctx))
}

/// How a walk ends. A chain has no `break`: it is left by an error that is none.
enum Exit {
    Over(Box<Context>),
    Rejected(Rejection),
}

/// A loop is a fold over a stream: a chain that called itself would grow the stack with every unit.
fn walk(units: Arc<[Unit]>, ctx: Box<Context>) -> Promise {
    let walk = Walk::new(&ctx, units.iter().map(Unit::name));
    stream::repeat(())
        .map(Ok)
        .try_fold((ctx, walk), move |(ctx, walk), ()| step(&units, ctx, walk))
        .then(|ended| match ended {
            Ok((ctx, _)) | Err(Exit::Over(ctx)) => Promise::resolve(ctx),
            Err(Exit::Rejected(rejection)) => Promise::settled(Err(rejection)),
        })
        .promise()
}

fn step(
    units: &[Unit],
    mut ctx: Box<Context>,
    mut walk: Walk,
) -> impl Future<Output = Result<(Box<Context>, Walk), Exit>> + use<> {
    let at = walk.step(&ctx);
    let asked = match at.map(|at| &units[at]) {
        None => {
            units::nobody(&mut ctx);
            return futures::future::err(Exit::Over(ctx)).left_future();
        }
        Some(Unit::Rule(rule)) => {
            let verdict = rule.decide(&mut ctx);
            Promise::resolve((ctx, verdict))
        }
        Some(Unit::Waits(_, ask)) => ask(ctx),
    };
    let name = at.map_or("-", |at| units[at].name());
    asked
        .map_err(Exit::Rejected)
        .and_then(move |(mut ctx, verdict)| {
            let over = verdict.settle(&mut ctx, name);
            futures::future::ready(if over { Err(Exit::Over(ctx)) } else { Ok((ctx, walk)) })
        })
        .right_future()
}
