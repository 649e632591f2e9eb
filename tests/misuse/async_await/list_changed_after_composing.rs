//@ error: E0382
use four_ways::async_await::{Layer, Onion, compose};

pub fn onion(mut layers: Vec<Layer>, more: Layer) -> Onion {
    // right: layers.push(more);
    let onion = compose(layers);
    layers.push(more); // wrong
    onion
}
