//! Where everything in a plot stands. How it looks, on light and on dark pages, is in `chart.svg`.

use minijinja::value::Serde;
use minijinja::{Environment, syntax::SyntaxConfig};
use serde::Serialize;

use super::chart::{Chart, Mark, Panel, Shape};
use crate::error::Error;

/// The width of all plots.
const WIDTH: f64 = 860.0;

/// What is free at the left edge.
const EDGE: f64 = 16.0;

/// What is free behind a panel.
const GAP: f64 = 28.0;

/// What is free between two rows.
const BETWEEN: f64 = 12.0;

/// The height of a line of text.
const LINE: f64 = 20.0;

#[derive(Serialize)]
struct Drawn<'a> {
    title: &'a str,
    description: &'a str,
    width: f64,
    height: f64,
    top: f64,
    bottom: f64,
    bars: bool,
    legend: Vec<Key<'a>>,
    rows: Vec<Row<'a>>,
    panels: Vec<DrawnPanel<'a>>,
}

#[derive(Serialize)]
struct Key<'a> {
    kind: &'a str,
    name: &'a str,
    x: f64,
    y: f64,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    /// Where the name ends.
    x: f64,
    y: f64,
    height: f64,
}

#[derive(Serialize)]
struct DrawnPanel<'a> {
    heading: &'a str,
    label: &'a str,
    x: f64,
    width: f64,
    ticks: Vec<(f64, String)>,
    baseline: Option<f64>,
    bands: Vec<Band>,
    marks: Vec<DrawnMark<'a>>,
}

#[derive(Serialize)]
struct Band {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Serialize)]
struct DrawnMark<'a> {
    shape: &'static str,
    kind: &'a str,
    text: &'a str,
    x: f64,
    y: f64,
    /// Of a bar.
    width: f64,
    height: f64,
    interval: Option<(f64, f64)>,
}

/// Draws it.
///
/// # Errors
/// A mistake in the template.
pub fn draw(chart: &Chart) -> Result<String, Error> {
    let mut templates = Environment::new();
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    templates.add_filter("px", pixels);
    let drawn = lay_out(chart);
    Ok(templates.render_named_str("chart.svg", include_str!("chart.svg"), Serde(drawn))?)
}

/// A place, to a tenth of a pixel.
fn pixels(at: f64) -> String {
    let shown = format!("{at:.1}");
    shown.strip_suffix(".0").unwrap_or(&shown).to_owned()
}

fn lay_out(chart: &Chart) -> Drawn<'_> {
    let legend = legend(chart);
    let headed = chart.panels.iter().any(|panel| !panel.heading.is_empty());
    let below = legend.last().map_or(2.0 * LINE, |key| key.y + LINE);
    let top = if headed { below + LINE } else { below };
    let height = chart.lanes.0 as f64 * chart.lanes.1 + BETWEEN;
    let rows = chart.rows.iter().enumerate().map(|(at, name)| Row {
        name,
        x: chart.names - 10.0,
        y: top + height * at as f64,
        height,
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let bottom = top + height * rows.len() as f64;
    let room = (WIDTH - chart.names) / chart.panels.len() as f64;
    let panels = chart.panels.iter().enumerate().map(|(at, panel)| {
        let x = chart.names + room * at as f64;
        place(panel, &rows, chart.lanes.1, (x, room - GAP))
    });
    let panels = panels.collect();
    Drawn {
        title: &chart.title,
        description: &chart.description,
        width: WIDTH,
        height: bottom + 46.0,
        top,
        bottom,
        bars: chart.bars,
        legend,
        rows,
        panels,
    }
}

/// The names of the series below the title, in as many lines as they need.
fn legend(chart: &Chart) -> Vec<Key<'_>> {
    let (mut x, mut y) = (EDGE + 6.0, 2.0 * LINE + 10.0);
    let mut keys = Vec::new();
    for (kind, name) in &chart.legend {
        let wide =
            34.0 + name.chars().map(|each| if each.is_ascii() { 6.6 } else { 12.0 }).sum::<f64>();
        if x + wide > WIDTH {
            (x, y) = (EDGE + 6.0, y + LINE);
        }
        keys.push(Key { kind, name, x, y });
        x += wide;
    }
    keys
}

/// A panel that begins at `x` and is so wide.
fn place<'a>(
    panel: &'a Panel,
    rows: &[Row<'_>],
    lane: f64,
    (x, width): (f64, f64),
) -> DrawnPanel<'a> {
    let at = |value: f64| x + panel.axis.at(value, width);
    let band = |(row, &(from, to)): (&Row<'_>, &(f64, f64))| Band {
        x: at(from),
        y: row.y,
        width: at(to) - at(from),
        height: row.height,
    };
    let mark = |mark: &'a Mark| {
        let middle = rows[mark.row].y + BETWEEN / 2.0 + lane * (mark.lane as f64 + 0.5);
        let (shape, from, to) = match mark.shape {
            Shape::Dot(value) => ("dot", value, value),
            Shape::Bar(from, to) => ("bar", from, to),
            Shape::Note(value) => ("note", value, value),
        };
        DrawnMark {
            shape,
            kind: &mark.kind,
            text: &mark.text,
            x: at(from),
            y: middle,
            width: at(to) - at(from),
            height: lane - 3.0,
            interval: mark.interval.map(|(least, most)| (at(least), at(most))),
        }
    };
    DrawnPanel {
        heading: &panel.heading,
        label: &panel.label,
        x,
        width,
        ticks: panel.axis.ticks(width).into_iter().map(|(at, text)| (x + at, text)).collect(),
        baseline: panel.baseline.map(at),
        bands: rows.iter().zip(&panel.bands).map(band).collect(),
        marks: panel.marks.iter().map(mark).collect(),
    }
}
