use ::pipeline::{Context, Verdict};
use ::promises::compose::{Layer, Next, Promise, PromiseExt, Rejection, attempt, compose};
use ::promises::units::{Unit as Queued, queue};
use futures::FutureExt;

use super::desk::{note, wait};
use super::script::{Play, Script, Turn};
use super::{Onion, Pass, Style, Unit};

pub struct Promises;

impl Style for Promises {
    fn onion(&self, layers: &[Script], units: &[Unit]) -> Onion {
        let mut list: Vec<_> = layers.iter().map(|script| layer(script)).collect();
        if !units.is_empty() {
            list.push(queue(units.iter().map(unit).collect()));
        }
        let onion = compose(list);
        Box::new(move |host, request| onion.handle(host, request).boxed())
    }
}

fn layer(script: Script) -> Layer {
    Layer::new("layer", move |ctx, next| play(Play::new(script), ctx, Some(next)))
}

fn play(mut play: Play, mut ctx: Box<Context>, next: Option<Next>) -> Promise {
    match (play.turn(&mut ctx), next) {
        (None, _) => match play.outcome {
            Ok(()) => Promise::resolve(ctx),
            Err(error) => Promise::reject(error, ctx),
        },
        (Some(Turn::Wait), next) => {
            wait(&ctx).then(|ended| self::play(play.after(ended), ctx, next)).promise()
        }
        (Some(Turn::Next), Some(next)) => back(play, next.run(ctx)),
        (Some(Turn::Contain), Some(next)) => back(play, next.contained(ctx).promise()),
        (Some(Turn::Forget), Some(next)) => {
            let fresh = Box::new(Context::of(ctx.origin()));
            drop(next.run(ctx));
            self::play(play, fresh, None)
        }
        (Some(_), None) => panic!("a script runs the rest once"),
    }
}

fn back(play: Play, rest: Promise) -> Promise {
    rest.then(|ended| match ended {
        Ok(ctx) => self::play(play, ctx, None),
        Err(Rejection { error, ctx }) => self::play(play.after(Err(error)), ctx, None),
    })
    .promise()
}

fn unit(unit: &Unit) -> Queued {
    match unit {
        Unit::Rule => Queued::Rule(&Pass),
        Unit::Waits => Queued::waits(
            "waits",
            |_| true,
            |ctx: Box<Context>| {
                wait(&ctx)
                    .then(|ended| {
                        attempt(ctx, |ctx| {
                            note(ctx, 1);
                            Ok(ended.map(|()| Verdict::Pass)?)
                        })
                    })
                    .promise()
            },
        ),
    }
}
