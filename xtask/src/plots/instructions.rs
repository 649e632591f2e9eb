//! On what a reply spends its instructions, by kind of function.

use four_ways::measure::results::Fence;
use four_ways::measure::results::fence::{BASELINE, REPLIES, Spent};

use super::chart::Chart;
use super::stack::{Row, stacked};

/// Of what nearly every message is.
const PLAY: &str = "text hit, ready";

const STYLES: [&str; 5] = [BASELINE, "callbacks", "promises", "generators", "async-await"];

/// The kinds of function; what all share stands first.
const KINDS: [(Spent, &str, &str); 5] = [
    (Spent::Work, "grey", "work: the rules and the host"),
    (Spent::Style, "blue", "the style itself"),
    (Spent::Library, "purple", "its libraries"),
    (Spent::Allocating, "orange", "allocating"),
    (Spent::Moving, "green", "moving values"),
];

/// The plot.
#[must_use]
pub fn chart(fence: &Fence) -> Chart {
    let rows = STYLES.map(|style| {
        let play = fence.plays.get(&format!("{PLAY}: {style}"));
        let spent = |kind: Spent| {
            let spent = play.and_then(|play| play.spent.as_ref()?.get(&kind).copied());
            spent.unwrap_or(0) as f64 / REPLIES as f64
        };
        Row { name: style.to_owned(), parts: KINDS.map(|(kind, ..)| spent(kind)).to_vec() }
    });
    let mut chart = stacked(&rows, &KINDS.map(|(_, kind, name)| (kind, name)));
    chart.title = format!("Instructions of a reply, by kind of function ({PLAY})");
    chart.description = "Stacked bars: the rules and the host, the style itself, its libraries, \
                         the allocator, and moving values about"
        .to_owned();
    chart.panels[0].label = "instructions of one reply, counted by callgrind".to_owned();
    chart
}
