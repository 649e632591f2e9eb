//! What an empty layer costs: the time of a deep onion minus the time of one without layers.

use std::time::{Duration, Instant};

use four_ways::conversation;
use four_ways::measure::results::compare::{EmptyLayer, Layers};
use four_ways::measure::{Comparison, Entry, Unequal, World, agree, compare, layers};

/// From no layer to more layers than anyone writes, to show whether the cost grows linearly.
const DEPTHS: [usize; 3] = [0, 64, 1024];

/// How many requests are answered at once.
const REQUESTS: usize = 4;

/// Times the onions for about `patience`: first the second copy of the baseline (the twin), then
/// all styles, depth by depth.
///
/// # Errors
/// When an entry does not answer as the others do.
pub fn time(patience: Duration) -> Result<Comparison, Unequal> {
    let requests = vec![conversation::text("hello").request; REQUESTS];
    let onions = DEPTHS.map(layers::empty);
    let mut entries: Vec<&Entry> = vec![&onions[0][0]]; // the twin is entry 1
    entries.extend(onions.iter().flatten());
    for onion in &onions {
        agree(onion, |_| World::ready(), &requests)?;
    }
    let started = Instant::now();
    Ok(compare(
        entries.len(),
        |entry| entries[entry].time(World::ready, &requests),
        |rounds| rounds % entries.len() != 0 || rounds == 0 || started.elapsed() < patience,
    ))
}

/// What an empty layer costs.
pub fn result(times: &Comparison) -> EmptyLayer {
    let onion = layers::empty(0);
    let styles = onion.len();
    let Comparison { ratios, band, rounds, baseline, .. } = times;
    let nanoseconds = |depth: usize, style: usize| {
        1e9 * baseline * ratios[1 + depth * styles + style] / REQUESTS as f64
    };
    let layers = |(style, entry): (usize, &Entry)| {
        let without = nanoseconds(0, style);
        let layer =
            [1, 2].map(|depth| (nanoseconds(depth, style) - without) / DEPTHS[depth] as f64);
        // A layer's time is the difference of two times, and both are uncertain.
        let uncertain = |depth: usize| {
            nanoseconds(depth, style) * times.uncertainty(1 + depth * styles + style)
        };
        let uncertainty =
            [1, 2].map(|depth| (uncertain(depth) + uncertain(0)) / DEPTHS[depth] as f64);
        Layers {
            style: entry.name.to_owned(),
            nanoseconds: layer.to_vec(),
            uncertainty: uncertainty.to_vec(),
        }
    };
    let reported = onion.iter().enumerate().map(layers).collect();
    EmptyLayer {
        depths: DEPTHS[1..].to_vec(),
        rounds: *rounds,
        resolution: *band,
        styles: reported,
    }
}
