//! The generators style on generators of our own ([`own_generators`]). What is dearer in the style
//! beside it is the price of genawaiter.

use std::sync::Arc;

use four_ways::measure::Entry;
use own_generators::compose::{Layer, compose};
use own_generators::{go, yield_};
use pipeline::Response;

/// The layers of the style in [`four_ways::measure::layers`].
pub fn entry(layers: usize) -> Entry {
    let empty = || Layer::new("empty", |ctx, next| go!(co => { yield_!(co, next.run(ctx)) }));
    let null = Layer::new("null", |mut ctx, _| {
        go!(_co => {
            ctx.response = Some(Response::success());
            (ctx, Ok(()))
        })
    });
    let onion = compose(std::iter::repeat_with(empty).take(layers).chain([null]).collect());
    Entry::new("generators, own machinery", move |world, request| {
        world.finish(onion.handle(Arc::clone(world.host()), request))
    })
}
