//! What is right in the wrong styles of this kind: all layers and units, except one.

use std::sync::Arc;

use ::pipeline::Context;
use kit::Style;
use kit::clauses::{LAYERS, UNITS};
use promises::compose::{Next, Promise};
use promises::pipeline;
use promises::units::Unit;
use promises::{Layer, Onion, compose};

/// The right layers.
pub fn all() -> Vec<Layer> {
    let tickets = Arc::default();
    pipeline::layers(pipeline::units(&tickets), &tickets)
}

/// A style whose pipeline is made anew for each run, because its requests share tickets.
pub fn style(onion: impl Fn() -> Onion + Send + Sync + 'static) -> Style {
    Style::opening(move || {
        let onion = onion();
        Style::new("wrong", move |host, request| onion.handle(host, request))
    })
}

/// The right units, except one.
pub fn but_unit(name: &'static str, wrong: impl Fn() -> Unit + Send + Sync + 'static) -> Style {
    style(move || {
        let tickets = Arc::default();
        let mut units = pipeline::units(&tickets);
        let at = UNITS.iter().position(|unit| *unit == name).expect("a unit");
        units[at] = wrong();
        compose(pipeline::layers(units, &tickets))
    })
}

/// The right layers, except one.
fn onion(
    name: &'static str,
    wrong: impl Fn(Box<Context>, Next) -> Promise + Send + Sync + 'static,
) -> Onion {
    let mut layers = all();
    let at = LAYERS.iter().position(|layer| *layer == name).expect("a layer");
    layers[at] = Layer::new(name, wrong);
    compose(layers)
}

/// The right layers, except one, as a style.
pub fn but(
    name: &'static str,
    wrong: impl Fn(Box<Context>, Next) -> Promise + Send + Sync + 'static,
) -> Style {
    let wrong = Arc::new(wrong);
    style(move || {
        let wrong = Arc::clone(&wrong);
        onion(name, move |ctx, next| wrong(ctx, next))
    })
}
