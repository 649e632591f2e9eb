use ::generators::compose::{Layer, Next, compose};
use ::generators::units::{Unit as Queued, queue};
use ::generators::{Routine, go, yield_};
use ::pipeline::{Context, Verdict};

use super::desk::{note, wait};
use super::script::{Play, Script, Turn};
use super::{Onion, Pass, Style, Unit};

pub struct Generators;

impl Style for Generators {
    fn onion(&self, layers: &[Script], units: &[Unit]) -> Onion {
        let mut list: Vec<_> = layers.iter().map(|script| layer(script)).collect();
        if !units.is_empty() {
            list.push(queue(units.iter().map(unit).collect()));
        }
        let onion = compose(list);
        Box::new(move |host, request| Box::pin(onion.handle(host, request)))
    }
}

fn layer(script: Script) -> Layer {
    Layer::new("layer", move |ctx, next| play(Play::new(script), ctx, next))
}

fn play(mut play: Play, mut ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let mut next = Some(next);
        while let Some(turn) = play.turn(&mut ctx) {
            let mut next = || next.take().expect("a script runs the rest once");
            match turn {
                Turn::Wait => play = play.after(yield_!(co, wait(&ctx))),
                Turn::Next => {
                    let (back, outcome) = yield_!(co, next().run(ctx));
                    (ctx, play) = (back, play.after(outcome));
                }
                Turn::Contain => {
                    let (back, outcome) = yield_!(co, next().contained(ctx));
                    (ctx, play) = (back, play.after(outcome));
                }
                Turn::Forget => {
                    let fresh = Box::new(Context::of(ctx.origin()));
                    drop(next().run(ctx));
                    ctx = fresh;
                }
            }
        }
        (ctx, play.outcome)
    })
}

fn unit(unit: &Unit) -> Queued {
    match unit {
        Unit::Rule => Queued::Rule(&Pass),
        Unit::Waits => Queued::waits(
            "waits",
            |_| true,
            |ctx: Box<Context>| {
                go!(co => {
                    let ended = yield_!(co, wait(&ctx));
                    note(&ctx, 1);
                    (ctx, ended.map(|()| Verdict::Pass).map_err(Into::into))
                })
            },
        ),
    }
}
