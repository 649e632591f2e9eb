//! What one more empty layer adds to a reply, at several depths.

use four_ways::measure::results::Compare;
use four_ways::measure::rounds::apart;

use super::axis::Axis;
use super::chart::{Chart, Mark, Panel, Shape};
use crate::filters::grouped;

/// One for each depth.
const KINDS: [&str; 4] = ["blue", "orange", "purple", "green"];

/// The plot.
#[must_use]
pub fn chart(compare: &Compare) -> Chart {
    let layer = &compare.layer;
    let mut marks = Vec::new();
    let mut ends = Vec::new();
    for (row, style) in layer.styles.iter().enumerate() {
        for (lane, (&value, &strays)) in
            style.nanoseconds.iter().zip(&style.uncertainty).enumerate()
        {
            let kind = KINDS[lane % KINDS.len()].to_owned();
            let interval = (f64::max(value - strays, 0.0), value + strays);
            let (shape, text) = (Shape::Bar(0.0, value), String::new());
            marks.push(Mark { row, lane, kind, shape, interval: Some(interval), text });
            let (kind, shape) = (String::new(), Shape::Note(interval.1));
            marks.push(Mark { row, lane, kind, shape, interval: None, text: apart(value, strays) });
            ends.push(interval.1);
        }
    }
    let depths = layer.depths.iter().map(|depth| format!("each of {depth} layers"));
    Chart {
        title: "What one more empty layer adds to a reply".to_owned(),
        description: "A bar for each style and each number of layers, with its uncertainty"
            .to_owned(),
        rows: layer.styles.iter().map(|style| style.style.clone()).collect(),
        names: 106.0,
        lanes: (layer.depths.len(), 17.0),
        legend: KINDS.map(str::to_owned).into_iter().zip(depths.map(|of| grouped(&of))).collect(),
        bars: true,
        panels: vec![Panel {
            heading: String::new(),
            label: "nanoseconds a layer".to_owned(),
            axis: Axis::from_zero(&ends),
            baseline: None,
            bands: vec![],
            marks,
        }],
    }
}
