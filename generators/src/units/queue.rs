use std::sync::Arc;

use ::pipeline::{Context, Error, Rule, Verdict, Walk, units};

use crate::ask::Routine;
use crate::compose::Layer;

/// A unit: one that decides at once, or one that waits.
pub enum Unit {
    /// Decides at once, so it costs no generator.
    Rule(&'static dyn Rule),
    /// Waits for the host, if it wants the message. Whether it wants it is decided at once.
    Waits(&'static str, fn(&Context) -> bool, Box<Ask>),
}

type Ask = dyn Fn(Box<Context>) -> Routine<Asked> + Send + Sync;

/// What a unit that waits ends with.
pub type Asked = (Box<Context>, Result<Verdict, Error>);

impl Unit {
    /// A unit of a function or a closure, asked about the messages that it `wants`.
    pub fn waits(
        name: &'static str,
        wants: fn(&Context) -> bool,
        ask: impl Fn(Box<Context>) -> Routine<Asked> + Send + Sync + 'static,
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

fn walk(units: Arc<[Unit]>, mut ctx: Box<Context>) -> Routine {
    go!(co => {
        let mut walk = Walk::new(&ctx, units.iter().map(Unit::name));
        while let Some(at) = walk.step(&ctx) {
            let unit = &units[at];
            let verdict = match unit {
                Unit::Rule(rule) => rule.decide(&mut ctx),
                Unit::Waits(_, wants, _) if !wants(&ctx) => Verdict::Pass,
                Unit::Waits(.., ask) => {
                    let (back, asked) = yield_!(co, ask(ctx));
                    ctx = back;
                    match asked {
                        Err(error) => return (ctx, Err(error)),
                        Ok(verdict) => verdict,
                    }
                }
            };
            if verdict.settle(&mut ctx, unit.name()) {
                return (ctx, Ok(()));
            }
        }
        units::nobody(&mut ctx);
        (ctx, Ok(()))
    })
}
