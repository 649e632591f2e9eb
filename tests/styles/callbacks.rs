use std::convert::Infallible;

use ::callbacks::compose::{Bounce, Done, Layer, Next, compose};
use ::callbacks::units::{Asked, Unit as Queued, queue};
use ::pipeline::{Context, Operation, Pending, Response, Verdict};
use futures::future;
use futures::{FutureExt, TryFutureExt};

use super::desk::wait;
use super::script::{Play, Script, Turn};
use super::{Onion, Pass, Style, Unit};

pub struct Callbacks;

impl Style for Callbacks {
    fn onion(&self, layers: &[Script], units: &[Unit]) -> Onion {
        let mut list: Vec<_> = layers.iter().map(|script| layer(script)).collect();
        if !units.is_empty() {
            list.push(queue(units.iter().map(unit).collect()));
        }
        let onion = compose(list);
        Box::new(move |host, request| {
            let onion = onion.clone();
            let call = future::lazy(move |_| {
                let (completer, reply) = Pending::new(Operation::Sleep);
                onion.handle(host, request, |response| {
                    completer.complete(Ok(response));
                });
                reply
            });
            // A continuation that is dropped without being called is a request that hangs.
            let hangs = |_| future::pending::<Result<Response, Infallible>>();
            call.flatten().or_else(hangs).map(|Ok(response)| response).boxed()
        })
    }
}

fn layer(script: Script) -> Layer {
    Layer::new("layer", move |ctx, next, done| play(done, Some(next), ctx, Play::new(script)))
}

/// The order of the arguments matters: a panic drops the last first, and what a layer holds must be
/// dropped before the continuation further out.
fn play(done: Done, next: Option<Next>, mut ctx: Box<Context>, mut play: Play) -> Bounce {
    match (play.turn(&mut ctx), next) {
        (None, _) => done.call(play.outcome.err(), ctx),
        (Some(Turn::Wait), next) => {
            done.wait(wait(&ctx), |ended, done| self::play(done, next, ctx, play.after(ended)))
        }
        (Some(Turn::Next), Some(next)) => next.run(ctx, back(play, done)),
        (Some(Turn::Contain), Some(next)) => {
            let done = back(play, done).contained(ctx.origin());
            next.run(ctx, done)
        }
        (Some(Turn::Forget), Some(next)) => {
            drop(next.run(ctx, back(play, done)));
            Bounce::Rest
        }
        (Some(_), None) => panic!("a script runs the rest once"),
    }
}

fn back(play: Play, done: Done) -> Done {
    done.after(|error, ctx, done| {
        self::play(done, None, ctx, play.after(error.map_or(Ok(()), Err)))
    })
}

fn unit(unit: &Unit) -> Queued {
    match unit {
        Unit::Rule => Queued::Rule(&Pass),
        Unit::Waits => Queued::waits(
            "waits",
            |_| true,
            |ctx: Box<Context>, asked: Asked| {
                asked.wait(wait(&ctx), |ended, asked| match ended {
                    Err(failure) => asked.call(Some(failure.into()), Verdict::Pass, ctx),
                    Ok(()) => {
                        super::note(&ctx, 1);
                        asked.call(None, Verdict::Pass, ctx)
                    }
                })
            },
        ),
    }
}
