//! The styles against each other.

use serde::{Deserialize, Serialize};

use super::fence::{BASELINE, Fence};
use super::shape::{Results, told};

/// `compare.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The ways that a request may take.
    pub situations: Vec<Situation>,
    /// What an empty layer costs.
    #[serde(rename = "empty layer")]
    pub layer: EmptyLayer,
    /// What the styles take up.
    pub sizes: Vec<Size>,
}

/// One way that a request may take.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// Its title.
    pub situation: String,
    /// How many rounds were played, in all processes.
    pub rounds: usize,
    /// How far the baseline strayed from itself.
    pub resolution: f64,
    /// The baseline stands first.
    pub styles: Vec<Cost>,
}

/// What a reply costs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Whom.
    pub style: String,
    /// Its time, relative to the baseline's.
    pub ratio: f64,
    /// The hull of the processes' 95 % intervals.
    pub interval: (f64, f64),
    /// Relative: how far the ratio can be trusted.
    pub uncertainty: f64,
    /// Counted exactly; `None` of a style that was slowed down on purpose.
    #[serde(deserialize_with = "told")]
    pub allocations: Option<f64>,
    /// As above.
    #[serde(deserialize_with = "told")]
    pub bytes: Option<f64>,
    /// As above; a callback is not polled.
    #[serde(deserialize_with = "told")]
    pub polls: Option<f64>,
}

/// What an empty layer costs, at several depths.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyLayer {
    /// How many layers there were.
    pub depths: Vec<usize>,
    /// How many rounds were played, in all processes.
    pub rounds: usize,
    /// How far the baseline strayed from itself.
    pub resolution: f64,
    /// The straight line stands first.
    pub styles: Vec<Layers>,
}

/// What an empty layer costs one style.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// Which.
    pub style: String,
    /// Of one layer, at each depth.
    pub nanoseconds: Vec<f64>,
    /// Of each of them, in nanoseconds too.
    pub uncertainty: Vec<f64>,
}

/// What a style takes up, in bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Which.
    pub style: String,
    /// What it returns for a request, where it returns something.
    #[serde(deserialize_with = "told")]
    pub future: Option<usize>,
    /// Down to the deepest call of the host.
    pub stack: usize,
    /// What one more layer takes of it.
    #[serde(deserialize_with = "told", rename = "stack of a layer")]
    pub layer: Option<usize>,
}

impl Results for Compare {
    const NAME: &'static str = "compare";
    const COMMAND: &'static str = "cargo bench --bench compare";
}

impl Compare {
    /// Why this cannot stand beside what the fence has committed: times with another baseline, or
    /// counts of other code.
    #[must_use]
    pub fn fault(&self, fence: &Fence) -> Option<String> {
        self.situations.iter().find_map(|Situation { situation, styles, .. }| {
            let first = styles.first().map_or("nobody", |cost| &cost.style);
            if first != BASELINE {
                return Some(format!("the baseline of `{situation}` is {first}"));
            }
            styles.iter().find_map(|Cost { style, allocations, .. }| {
                let fenced = fence.allocations(style, situation)?;
                let counted = allocations.map_or("no".to_owned(), |counted| counted.to_string());
                (*allocations != Some(fenced)).then(|| {
                    format!("{style} has {counted} allocations in `{situation}`, fenced: {fenced}")
                })
            })
        })
    }
}
