//! How long a reply takes, by situation, relative to the straight line.

use four_ways::measure::results::Compare;

use super::axis::Axis;
use super::chart::{Chart, Mark, Panel, Shape};
use super::series::kind;
use super::words::Words;

/// The plot.
#[must_use]
pub fn chart(compare: &Compare, words: &Words) -> Chart {
    let mut marks = Vec::new();
    for (row, situation) in compare.situations.iter().enumerate() {
        for (lane, cost) in situation.styles[1..].iter().enumerate() {
            marks.push(Mark {
                row,
                lane,
                kind: kind(&cost.style).to_owned(),
                shape: Shape::Dot(cost.ratio),
                interval: Some(cost.interval),
                text: format!("{}: {:.3}", words.name(&cost.style), cost.ratio),
            });
        }
    }
    let ends = marks.iter().filter_map(|mark| mark.interval);
    let ends: Vec<f64> = ends.flat_map(|(least, most)| [least, most]).collect();
    let band = |resolution: f64| (1.0 - resolution, 1.0 + resolution);
    let styles = compare.situations[0].styles[1..].iter().map(|cost| cost.style.as_str());
    let styles: Vec<&str> = styles.collect();
    let mut legend: Vec<(String, String)> =
        styles.iter().map(|style| (kind(style).to_owned(), words.name(style).to_owned())).collect();
    legend.push(("line".to_owned(), words.baseline.to_owned()));
    Chart {
        title: words.title.to_owned(),
        description: words.description.to_owned(),
        rows: compare.situations.iter().map(|of| words.name(&of.situation).to_owned()).collect(),
        names: words.names,
        lanes: (styles.len(), 9.0),
        legend,
        bars: false,
        panels: vec![Panel {
            heading: String::new(),
            label: words.axis.to_owned(),
            axis: Axis::of_ratios(&ends),
            baseline: Some(1.0),
            bands: compare.situations.iter().map(|of| band(of.resolution)).collect(),
            marks,
        }],
    }
}
