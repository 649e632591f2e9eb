//! What the fence has committed.

use std::collections::BTreeMap;

use four_ways::measure::Situation;
use serde::Deserialize;

use super::environment::told;
use super::markdown::{NONE, table, whole};

#[derive(Deserialize)]
pub struct Fence {
    /// The compiler and the processor that made the instructions.
    pub made_by: String,
    /// By the situation and the style.
    plays: BTreeMap<String, Cost>,
}

/// What all requests of a situation cost.
#[derive(Deserialize)]
struct Cost {
    allocations: usize,
    #[serde(deserialize_with = "told")]
    instructions: Option<u64>,
    /// The same; on what nothing is spent is not there.
    #[serde(deserialize_with = "told")]
    spent: Option<BTreeMap<Spent, u64>>,
}

/// On what instructions are spent, as the fence tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Spent {
    Allocating,
    Moving,
    Style,
    Library,
    Work,
}

const SPENT: [(&str, Spent); 5] = [
    ("allocating", Spent::Allocating),
    ("moving", Spent::Moving),
    ("style", Spent::Style),
    ("library", Spent::Library),
    ("work", Spent::Work),
];

/// To what everything is relative.
pub const BASELINE: &str = "straight line";

impl Fence {
    fn play(&self, style: &str, situation: &str) -> Result<&Cost, String> {
        let play = format!("{situation}: {style}");
        self.plays.get(&play).ok_or_else(|| format!("the fence counts no play `{play}`"))
    }

    /// How many allocations a reply takes, if this is fenced.
    pub fn allocations(&self, style: &str, situation: &str) -> Option<f64> {
        let play = self.play(style, situation).ok()?;
        Some(play.allocations as f64 / replies())
    }

    /// How many instructions a reply takes.
    pub fn instructions(&self, style: &str, situation: &str) -> Result<f64, String> {
        let counted = self.play(style, situation)?.instructions;
        let counted = counted.ok_or_else(|| "no instructions were counted".to_owned())?;
        Ok(counted as f64 / replies())
    }

    /// How many more than the straight line's, as a share of those.
    pub fn instructions_beyond(&self, style: &str, situation: &str) -> Result<String, String> {
        let baseline = self.instructions(BASELINE, situation)?;
        let share = self.instructions(style, situation)? / baseline - 1.0;
        Ok(format!("{:+.1} %", 100.0 * share))
    }

    /// How many of them are spent on this.
    fn spent(&self, style: &str, on: Spent, situation: &str) -> Result<f64, String> {
        let spent = self.play(style, situation)?.spent.as_ref();
        let spent = spent.ok_or_else(|| "no instructions were counted".to_owned())?;
        Ok(spent.get(&on).copied().unwrap_or_default() as f64 / replies())
    }

    /// How many more are spent on this than by the straight line.
    pub fn spent_beyond(&self, style: &str, on: &str, situation: &str) -> Result<String, String> {
        let kind = SPENT.iter().find(|(name, _)| *name == on);
        let (_, on) = kind.ok_or_else(|| format!("nothing is spent on `{on}`"))?;
        let baseline = self.spent(BASELINE, *on, situation)?;
        // Rounded first, so that it is the difference of what the table shows.
        Ok(whole(self.spent(style, *on, situation)?.round() - baseline.round()))
    }

    /// On what the instructions of a reply are spent.
    pub fn spent_table<'a>(
        &self,
        styles: impl Iterator<Item = &'a str>,
        situation: &str,
    ) -> Result<String, String> {
        let rows = styles.map(|style| {
            let spent = SPENT.iter().map(|(_, on)| Ok(whole(self.spent(style, *on, situation)?)));
            [Ok(style.to_owned())].into_iter().chain(spent).collect()
        });
        let rows: Vec<_> = rows.collect::<Result<_, String>>()?;
        let header: Vec<_> = [""].into_iter().chain(SPENT.map(|(name, _)| name)).collect();
        Ok(table(&header, &rows))
    }

    fn situations(&self) -> Vec<&str> {
        let names = self.plays.keys().filter_map(|play| play.split_once(": "));
        let mut names: Vec<_> = names.map(|(situation, _)| situation).collect();
        names.dedup();
        names
    }

    /// Instructions of a reply.
    pub fn instructions_table<'a>(&self, styles: impl Iterator<Item = &'a str> + Clone) -> String {
        let rows = self.situations().into_iter().map(|situation| {
            let cells = styles.clone().map(|style| {
                let Ok(counted) = self.instructions(style, situation) else {
                    return NONE.to_owned();
                };
                match self.instructions_beyond(style, situation) {
                    Ok(beyond) if style != BASELINE => format!("{} ({beyond})", whole(counted)),
                    _ => whole(counted),
                }
            });
            [situation.to_owned()].into_iter().chain(cells).collect()
        });
        let header: Vec<_> = [""].into_iter().chain(styles.clone()).collect();
        table(&header, &rows.collect::<Vec<_>>())
    }
}

/// A play is one world of requests, as the fence insists.
fn replies() -> f64 {
    Situation::text().requests.len() as f64
}
