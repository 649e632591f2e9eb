//! What is right in the wrong styles of this kind: all layers and units, except one.

use std::sync::Arc;

use ::pipeline::Context;
use callbacks::compose::{Bounce, Done, Next};
use callbacks::pipeline;
use callbacks::units::Unit;
use callbacks::{Layer, compose};
use four_ways::styles::of_callbacks;
use kit::Style;
use kit::clauses::{LAYERS, UNITS};

/// The right layers.
pub fn all() -> Vec<Layer> {
    let tickets = Arc::default();
    pipeline::layers(pipeline::units(&tickets), &tickets)
}

/// A style whose pipeline is made anew for each run, because its requests share tickets. Nobody hears
/// of a continuation that was dropped.
pub fn style(layers: impl Fn() -> Vec<Layer> + Send + Sync + 'static) -> Style {
    Style::opening(move || of_callbacks("wrong", compose(layers())))
}

/// The right layers, except one.
pub fn but(
    name: &'static str,
    wrong: impl Fn(Box<Context>, Next, Done) -> Bounce + Send + Sync + 'static,
) -> Style {
    let wrong = Arc::new(wrong);
    style(move || {
        let mut layers = all();
        let at = LAYERS.iter().position(|layer| *layer == name).expect("a layer");
        let wrong = Arc::clone(&wrong);
        layers[at] = Layer::new(name, move |ctx, next, done| wrong(ctx, next, done));
        layers
    })
}

/// The right units, except one.
pub fn but_unit(name: &'static str, wrong: impl Fn() -> Unit + Send + Sync + 'static) -> Style {
    style(move || {
        let tickets = Arc::default();
        let mut units = pipeline::units(&tickets);
        let at = UNITS.iter().position(|unit| *unit == name).expect("a unit");
        units[at] = wrong();
        pipeline::layers(units, &tickets)
    })
}
