use ::pipeline::{Context, Error, Outcome, Verdict};
use four_ways::async_await::compose::{Layer, Next, compose};
use four_ways::async_await::units::{Unit as Queued, queue};
use futures::FutureExt;

use super::desk::{note, wait};
use super::script::{Play, Script, Turn};
use super::{Pass, Style, Unit};

pub struct AsyncAwait;

impl Style for AsyncAwait {
    fn onion(&self, layers: &[Script], units: &[Unit]) -> super::Onion {
        let mut list: Vec<_> = layers.iter().map(|script| layer(script)).collect();
        if !units.is_empty() {
            list.push(queue(units.iter().map(unit).collect()));
        }
        let onion = compose(list);
        Box::new(move |host, request| {
            let onion = onion.clone();
            Box::pin(async move { onion.handle(host, request).await })
        })
    }
}

fn layer(script: Script) -> Layer {
    Layer::capturing("layer", move |ctx, next| play(Play::new(script), ctx, next).boxed())
}

async fn play(mut play: Play, ctx: &mut Context, next: Next<'_>) -> Outcome {
    let mut next = Some(next);
    while let Some(turn) = play.turn(ctx) {
        let mut next = || next.take().expect("a script runs the rest once");
        play = match turn {
            Turn::Wait => play.after(wait(ctx).await),
            Turn::Next => play.after(next().run(ctx).await),
            Turn::Contain => play.after(next().contained(ctx).await),
            Turn::Forget => {
                drop(next().run(ctx));
                play
            }
        };
    }
    play.outcome
}

fn unit(unit: &Unit) -> Queued {
    match unit {
        Unit::Rule => Queued::Rule(&Pass),
        Unit::Waits => Queued::waits("waits", |_| true, waits),
    }
}

async fn waits(ctx: &mut Context) -> Result<Verdict, Error> {
    wait(ctx).await?;
    note(ctx, 1);
    Ok(Verdict::Pass)
}
