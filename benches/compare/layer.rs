//! What an empty layer costs: the time of deep onions less that of a flat one.

use std::time::{Duration, Instant};

use four_ways::conversation;
use four_ways::measure::results::compare::{EmptyLayer, Layers};
use four_ways::measure::rounds::apart;
use four_ways::measure::{Comparison, Entry, Unequal, World, agree, compare, layers};

/// From none to as many as nobody writes: what is not linear shows.
const DEPTHS: [usize; 3] = [0, 64, 1024];

/// How many requests are answered at once.
const REQUESTS: usize = 4;

/// How the table is read.
const LEGEND: &str = "\
Nanoseconds that each of 64 and of 1,024 empty layers adds to a layer that answers. Such a layer
hands on and comes back to nothing.";

/// Times the onions, as long as `patience` lasts: first the twin's, then all styles by depth.
///
/// # Errors
/// When an entry does not answer as the others do.
pub fn time(patience: Duration) -> Result<Comparison, Unequal> {
    let requests = vec![conversation::text("hello").request; REQUESTS];
    let onions = DEPTHS.map(layers::empty);
    let mut entries: Vec<&Entry> = vec![&onions[0][0]]; // the twin stands second
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

/// Prints the table, and returns it for machines.
pub fn report(times: &Comparison) -> EmptyLayer {
    let onion = layers::empty(0);
    let styles = onion.len();
    let Comparison { ratios, band, rounds, baseline, .. } = times;
    let nanoseconds = |depth: usize, style: usize| {
        1e9 * baseline * ratios[1 + depth * styles + style] / REQUESTS as f64
    };
    println!("\nan empty layer ({rounds} rounds)");
    println!("{:<13}  {:>7}  {:>7}", "ns", DEPTHS[1], DEPTHS[2]);
    let mut reported = Vec::new();
    for (style, entry) in onion.iter().enumerate() {
        let without = nanoseconds(0, style);
        let layer =
            [1, 2].map(|depth| (nanoseconds(depth, style) - without) / DEPTHS[depth] as f64);
        // A layer is the difference of two times, and each of them strays.
        let uncertain = |depth: usize| {
            nanoseconds(depth, style) * times.uncertainty(1 + depth * styles + style)
        };
        let uncertainty =
            [1, 2].map(|depth| (uncertain(depth) + uncertain(0)) / DEPTHS[depth] as f64);
        let shown = [0, 1].map(|at| apart(layer[at], uncertainty[at]));
        println!("{:<13}  {:>7}  {:>7}", entry.name, shown[0], shown[1]);
        reported.push(Layers {
            style: entry.name.to_owned(),
            nanoseconds: layer.to_vec(),
            uncertainty: uncertainty.to_vec(),
        });
    }
    println!("{LEGEND}");
    let depths = DEPTHS[1..].to_vec();
    EmptyLayer { depths, rounds: *rounds, resolution: *band, styles: reported }
}
