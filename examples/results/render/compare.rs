//! The styles against each other.

use four_ways::measure::rounds::{apart, shown};
use serde::Deserialize;

use super::environment::told;
use super::fence::{BASELINE, Fence};
use super::markdown::{NONE, exact, grouped, more, per_cent, table, whole};

#[derive(Deserialize)]
pub struct Compare {
    situations: Vec<Situation>,
    #[serde(rename = "empty layer")]
    layer: EmptyLayer,
    sizes: Vec<Size>,
}

/// One way that a request may take.
#[derive(Deserialize)]
pub struct Situation {
    situation: String,
    rounds: usize,
    pub resolution: f64,
    /// The baseline stands first.
    styles: Vec<Cost>,
}

/// What a reply costs.
#[derive(Deserialize)]
pub struct Cost {
    style: String,
    ratio: f64,
    interval: (f64, f64),
    /// Relative: how far the ratio can be trusted.
    uncertainty: f64,
    pub allocations: f64,
    pub bytes: f64,
    pub polls: f64,
}

#[derive(Deserialize)]
struct EmptyLayer {
    depths: Vec<usize>,
    rounds: usize,
    styles: Vec<Layers>,
}

#[derive(Deserialize)]
struct Layers {
    style: String,
    /// Of one layer, at each depth.
    nanoseconds: Vec<f64>,
    /// Of each of them, in nanoseconds too.
    uncertainty: Vec<f64>,
}

/// What a style takes up.
#[derive(Deserialize)]
pub struct Size {
    style: String,
    #[serde(deserialize_with = "told")]
    pub future: Option<usize>,
    pub stack: usize,
    #[serde(deserialize_with = "told", rename = "stack of a layer")]
    pub layer: Option<usize>,
}

/// A count that is compared with the straight line's.
pub type Count = fn(&Cost) -> f64;

impl Compare {
    /// Why this cannot stand beside what the fence has committed: times with another baseline, or
    /// counts of other code.
    pub fn fault(&self, fence: &Fence) -> Option<String> {
        self.situations.iter().find_map(|situation| {
            let Situation { situation: title, styles, .. } = situation;
            let first = styles.first().map_or("nobody", |cost| &cost.style);
            if first != BASELINE {
                return Some(format!("the baseline of `{title}` is {first}"));
            }
            styles.iter().find_map(|Cost { style, allocations, .. }| {
                let fenced = fence.allocations(style, title)?;
                (fenced != *allocations).then(|| {
                    format!("{style} has {allocations} allocations in `{title}`, fenced: {fenced}")
                })
            })
        })
    }

    /// The situation of this name.
    pub fn situation(&self, name: &str) -> Result<&Situation, String> {
        let found = self.situations.iter().find(|situation| situation.situation == name);
        found.ok_or_else(|| format!("there is no situation `{name}`"))
    }

    /// What this style takes up.
    pub fn size(&self, style: &str) -> Result<&Size, String> {
        let found = self.sizes.iter().find(|size| size.style == style);
        found.ok_or_else(|| format!("there is no style `{style}`"))
    }

    /// The styles, the straight line first.
    pub fn styles(&self) -> impl Iterator<Item = &str> {
        self.situations.iter().take(1).flat_map(|one| &one.styles).map(|cost| cost.style.as_str())
    }

    /// The times of all situations.
    pub fn ratios(&self) -> String {
        let rows = self.situations.iter().map(|situation| {
            let times = self.styles().skip(1).map(|style| situation.ratio(style));
            let times = times.map(|time| time.unwrap_or_else(|_| NONE.to_owned()));
            let trust = [per_cent(situation.resolution), situation.rounds.to_string()];
            [situation.situation.clone()].into_iter().chain(times).chain(trust).collect()
        });
        let header = [""].into_iter().chain(self.styles().skip(1));
        let header: Vec<_> = header.chain(["resolution", "rounds"]).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// A count in all situations: the straight line's, and what the styles have beyond it.
    pub fn beyond(&self, count: Count) -> String {
        let rows = self.situations.iter().map(|situation| {
            let base = situation.of(BASELINE).map_or(NONE.to_owned(), |cost| exact(count(cost)));
            let beyond = self.styles().skip(1).map(|style| situation.beyond(style, count));
            let beyond = beyond.map(|beyond| beyond.map_or(NONE.to_owned(), more));
            [situation.situation.clone(), base].into_iter().chain(beyond).collect()
        });
        let header: Vec<_> = [""].into_iter().chain(self.styles()).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// A count in all situations, as it is.
    pub fn counts(&self, count: Count) -> String {
        let rows = self.situations.iter().map(|situation| {
            let counts = self.styles().map(|style| situation.of(style));
            let counts = counts.map(|cost| cost.map_or(NONE.to_owned(), |cost| exact(count(cost))));
            [situation.situation.clone()].into_iter().chain(counts).collect()
        });
        let header: Vec<_> = [""].into_iter().chain(self.styles()).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// One table for each situation.
    pub fn tables(&self) -> String {
        let tables = self.situations.iter().map(|situation| {
            let Situation { situation: name, rounds, resolution, .. } = situation;
            let resolution = per_cent(*resolution);
            let table = situation.table();
            format!("**{name}** ({rounds} rounds, resolution {resolution})\n\n{table}")
        });
        tables.collect::<Vec<_>>().join("\n\n")
    }

    /// What an empty layer costs at each depth.
    pub fn layers(&self) -> String {
        let EmptyLayer { depths, styles, .. } = &self.layer;
        let rows = styles.iter().map(|layers| {
            let costs = (0..depths.len()).map(|at| layers.shown(at));
            [layers.style.clone()].into_iter().chain(costs).collect()
        });
        let depths = depths.iter().map(|depth| format!("of {}, ns", grouped(&depth.to_string())));
        let header: Vec<_> = [String::new()].into_iter().chain(depths).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }

    /// What an empty layer costs this style, of so many.
    pub fn layer(&self, style: &str, depth: &str) -> Result<String, String> {
        let EmptyLayer { depths, styles, .. } = &self.layer;
        let at = depths.iter().position(|other| other.to_string() == depth);
        let at = at.ok_or_else(|| format!("there is no depth `{depth}`"))?;
        let layers = styles.iter().find(|layers| layers.style == style);
        let layers = layers.ok_or_else(|| format!("there is no style `{style}`"))?;
        Ok(layers.shown(at))
    }

    /// How far the times of layers can be trusted.
    pub fn layers_trust(&self) -> String {
        format!("{} rounds", self.layer.rounds)
    }

    /// Futures and stack.
    pub fn sizes(&self) -> String {
        let optional =
            |size: Option<usize>| size.map_or(NONE.to_owned(), |size| whole(size as f64));
        let rows = self.sizes.iter().map(|size| {
            let Size { style, future, stack, layer } = size;
            vec![style.clone(), optional(*future), whole(*stack as f64), optional(*layer)]
        });
        let header = ["bytes", "future", "stack", "stack of one more layer"];
        table(&header, &rows.collect::<Vec<_>>())
    }
}

impl Layers {
    fn shown(&self, at: usize) -> String {
        let both = self.nanoseconds.get(at).zip(self.uncertainty.get(at));
        both.map_or(NONE.to_owned(), |(layer, uncertainty)| grouped(&apart(*layer, *uncertainty)))
    }
}

impl Cost {
    fn time(&self) -> String {
        shown(self.ratio, self.uncertainty)
    }
}

impl Situation {
    /// What a reply costs this style.
    pub fn of(&self, style: &str) -> Result<&Cost, String> {
        let found = self.styles.iter().find(|cost| cost.style == style);
        found.ok_or_else(|| format!("there is no style `{style}`"))
    }

    /// The time of this style, relative to the straight line's.
    pub fn ratio(&self, style: &str) -> Result<String, String> {
        self.of(style).map(Cost::time)
    }

    /// The times of the fastest style and of the slowest.
    pub fn span(&self) -> String {
        let by_ratio = |one: &&Cost, other: &&Cost| one.ratio.total_cmp(&other.ratio);
        let styles = || self.styles.iter().skip(1);
        let ends = [styles().min_by(by_ratio), styles().max_by(by_ratio)];
        ends.map(|cost| cost.map_or(NONE.to_owned(), Cost::time)).join(" to ")
    }

    /// What this style has beyond the straight line.
    pub fn beyond(&self, style: &str, count: Count) -> Result<f64, String> {
        Ok(count(self.of(style)?) - count(self.of(BASELINE)?))
    }

    /// Everything about it.
    pub fn table(&self) -> String {
        let rows = self.styles.iter().enumerate().map(|(at, cost)| {
            let Cost { style, interval: (low, high), allocations, bytes, polls, .. } = cost;
            let (time, interval) = match at {
                0 => ("1".to_owned(), String::new()),
                _ => (cost.time(), format!("{low:.3}–{high:.3}")),
            };
            let counts = [exact(*allocations), exact(*bytes), exact(*polls)];
            [style.clone(), time, interval].into_iter().chain(counts).collect()
        });
        let header = ["", "time", "hull of 95 % intervals", "allocations", "bytes", "polls"];
        table(&header, &rows.collect::<Vec<_>>())
    }
}
