//! The results of comparing the styles.

use serde::{Deserialize, Serialize};

use super::fence::{BASELINE, Fence};
use super::shape::{Results, told};

/// `compare.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// How many orders of its functions the program was measured in; each was built anew.
    #[serde(default = "one")]
    pub layouts: usize,
    /// The results, one for each way that a request may take.
    pub situations: Vec<Situation>,
    /// The same for the six shapes of waiting; empty where they were not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<Situation>,
    /// What an empty layer costs.
    #[serde(rename = "empty layer")]
    pub layer: EmptyLayer,
    /// What the styles take up.
    pub sizes: Vec<Size>,
}

/// Earlier results are those of one build.
fn one() -> usize {
    1
}

/// One way that a request may take.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// Its title.
    pub situation: String,
    /// How many rounds were played, in all processes together.
    pub rounds: usize,
    /// How far the ratio of the baseline's second copy (the twin) was from 1.
    pub resolution: f64,
    /// How long the baseline took for a reply. It changes with the machine.
    pub nanoseconds: f64,
    /// The baseline comes first.
    pub styles: Vec<Cost>,
}

/// What a reply costs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// The style.
    pub style: String,
    /// Its time, divided by the baseline's.
    pub ratio: f64,
    /// From the lowest to the highest end of the processes' 95 % intervals.
    pub interval: (f64, f64),
    /// How far the ratio can be trusted, as a share of it.
    pub uncertainty: f64,
    /// The allocations, counted exactly. `None` for a style that was slowed down on purpose.
    #[serde(deserialize_with = "told")]
    pub allocations: Option<f64>,
    /// The bytes, counted in the same way.
    #[serde(deserialize_with = "told")]
    pub bytes: Option<f64>,
    /// The polls, counted in the same way. A callback is not polled.
    #[serde(deserialize_with = "told")]
    pub polls: Option<f64>,
}

/// What an empty layer costs, at several depths.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyLayer {
    /// How many layers there were.
    pub depths: Vec<usize>,
    /// How many rounds were played, in all processes together.
    pub rounds: usize,
    /// How far the ratio of the twin was from 1.
    pub resolution: f64,
    /// The straight line comes first.
    pub styles: Vec<Layers>,
}

/// What an empty layer costs one style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// The style.
    pub style: String,
    /// The cost of one layer, at each depth.
    pub nanoseconds: Vec<f64>,
    /// The uncertainty of each of these costs, in nanoseconds too.
    pub uncertainty: Vec<f64>,
}

/// How much memory a style takes up, in bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// The style.
    pub style: String,
    /// The size of what it returns for a request, if it returns something.
    #[serde(deserialize_with = "told")]
    pub future: Option<usize>,
    /// The stack down to the deepest call of the host.
    pub stack: usize,
    /// How much stack one more layer takes.
    #[serde(deserialize_with = "told", rename = "stack of a layer")]
    pub layer: Option<usize>,
}

impl Results for Compare {
    const NAME: &'static str = "compare";
    const COMMAND: &'static str = "cargo bench --bench compare";
}

impl Compare {
    /// Why this result does not fit the committed counts of the fence: its baseline is not the
    /// straight line, or its allocations are counts of other code.
    #[must_use]
    pub fn fault(&self, fence: &Fence) -> Option<String> {
        self.situations.iter().chain(&self.shapes).find_map(
            |Situation { situation, styles, .. }| {
                let first = styles.first().map_or("nobody", |cost| &cost.style);
                if first != BASELINE {
                    return Some(format!("the baseline of `{situation}` is {first}"));
                }
                styles.iter().find_map(|Cost { style, allocations, .. }| {
                    let fenced = fence.allocations(style, situation)?;
                    let counted =
                        allocations.map_or("no".to_owned(), |counted| counted.to_string());
                    (*allocations != Some(fenced)).then(|| {
                        format!(
                            "{style} has {counted} allocations in `{situation}`, fenced: {fenced}"
                        )
                    })
                })
            },
        )
    }
}
