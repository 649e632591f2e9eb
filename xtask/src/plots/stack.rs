//! Exact counts as bars of parts, one row for each style, with the sum behind the bar.

use super::axis::Axis;
use super::chart::{Chart, Mark, Panel, Shape};
use crate::filters::grouped;

/// A bar.
pub struct Row {
    /// Whose.
    pub name: String,
    /// How long its parts are.
    pub parts: Vec<f64>,
}

/// A plot without title and description, of parts of these kinds and names.
#[must_use]
pub fn stacked(rows: &[Row], parts: &[(&str, &str)]) -> Chart {
    let told = |value: f64| grouped(&format!("{value:.0}"));
    let mut marks = Vec::new();
    let mut ends = Vec::new();
    for (row, bar) in rows.iter().enumerate() {
        let mut mark = |kind: &str, shape, text| {
            let kind = kind.to_owned();
            marks.push(Mark { row, lane: 0, kind, shape, interval: None, text });
        };
        let mut from = 0.0;
        for (&part, (kind, _)) in bar.parts.iter().zip(parts).filter(|(part, _)| **part > 0.0) {
            mark(kind, Shape::Bar(from, from + part), told(part));
            from += part;
        }
        mark("", Shape::Note(from), told(from));
        // Room for the sum behind the bar.
        ends.push(from * 1.02);
    }
    let named = |(kind, name): &(&str, &str)| ((*kind).to_owned(), (*name).to_owned());
    Chart {
        title: String::new(),
        description: String::new(),
        rows: rows.iter().map(|bar| bar.name.clone()).collect(),
        names: 106.0,
        lanes: (1, 24.0),
        legend: parts.iter().map(named).collect(),
        bars: true,
        panels: vec![Panel {
            heading: String::new(),
            label: String::new(),
            axis: Axis::from_zero(&ends),
            baseline: None,
            bands: vec![],
            marks,
        }],
    }
}
