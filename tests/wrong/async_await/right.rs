//! What is right in the wrong styles of this kind: all layers and units, except one.

use std::sync::Arc;

use four_ways::async_await::pipeline;
use four_ways::async_await::units::Unit;
use four_ways::async_await::{Layer, compose};
use kit::Style;
use kit::clauses::{LAYERS, UNITS};

/// The right layers.
pub fn all() -> Vec<Layer> {
    let tickets = Arc::default();
    pipeline::layers(pipeline::units(&tickets), &tickets)
}

/// A style whose pipeline is made anew for each run, because its requests share tickets.
pub fn style(layers: impl Fn() -> Vec<Layer> + Send + Sync + 'static) -> Style {
    Style::opening(move || {
        let onion = compose(layers());
        Style::new("wrong", move |host, request| {
            let onion = onion.clone();
            async move { onion.handle(host, request).await }
        })
    })
}

/// The right layers, except one.
pub fn but(name: &'static str, wrong: impl Fn() -> Layer + Send + Sync + 'static) -> Style {
    style(move || {
        let mut layers = all();
        let at = LAYERS.iter().position(|layer| *layer == name).expect("a layer");
        layers[at] = wrong();
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
