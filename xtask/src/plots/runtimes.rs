//! Each style on each runtime, relative to async/await on the bare poll loop.

use four_ways::measure::results::Runtimes;
use four_ways::measure::results::runtimes::{Cell, Measure};

use super::axis::Axis;
use super::chart::{Chart, Mark, Panel, Shape};
use super::series::{kind, legend};
use crate::filters::grouped;

/// The plot.
#[must_use]
pub fn chart(runtimes: &Runtimes) -> Chart {
    // Rates and memory have no ratio, and stand in the tables.
    let timed: Vec<&Measure> =
        runtimes.measures.iter().filter(|measure| measure.resolution.is_some()).collect();
    let cells = || timed.iter().flat_map(|measure| &measure.cells);
    let rows = distinct(cells().map(|cell| cell.runtime.as_str()));
    let mut styles = distinct(cells().map(|cell| cell.style.as_str()));
    styles.reverse();
    let panels = timed.iter().map(|measure| panel(measure, &rows, &styles)).collect();
    Chart {
        title: format!("The styles on {} runtimes", rows.len()),
        description: "For each runtime the time of each style relative to async/await on the \
                      bare poll loop, with its interval: one request that is ready, one that \
                      waits three times, and many at once"
            .to_owned(),
        rows: rows.iter().map(|&row| row.to_owned()).collect(),
        names: 158.0,
        lanes: (styles.len(), 9.0),
        legend: [
            legend(styles.iter().copied()),
            vec![(
                "line".to_owned(),
                "async-await on the bare poll loop; its resolution".to_owned(),
            )],
        ]
        .concat(),
        bars: false,
        panels,
    }
}

fn panel(measure: &Measure, rows: &[&str], styles: &[&str]) -> Panel {
    let place = |names: &[&str], name: &str| names.iter().position(|each| *each == name);
    let mark = |cell: &Cell| {
        Some(Mark {
            row: place(rows, &cell.runtime)?,
            lane: place(styles, &cell.style)?,
            kind: kind(&cell.style).to_owned(),
            shape: Shape::Dot(cell.ratio?),
            interval: cell.interval,
            text: format!("{}: {:.2}", cell.style, cell.ratio?),
        })
    };
    let marks: Vec<Mark> = measure.cells.iter().filter_map(mark).collect();
    let ends = marks.iter().filter_map(|mark| mark.interval);
    let ends: Vec<f64> = ends.flat_map(|(least, most)| [least, most]).collect();
    let strays = measure.resolution.unwrap_or_default();
    let base = measure.cells[0].value.unwrap_or_default();
    Panel {
        heading: grouped(&measure.measure),
        label: format!("time; 1 is {base:.1} {} (logarithmic)", measure.unit),
        axis: Axis::of_ratios(&ends),
        baseline: Some(1.0),
        bands: rows.iter().map(|_| (1.0 - strays, 1.0 + strays)).collect(),
        marks,
    }
}

/// Each name once, in the order in which they come.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}
