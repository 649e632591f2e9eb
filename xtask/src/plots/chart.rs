//! What a plot shows: rows of dots with intervals, or of bars, on one or more panels that share the
//! rows.

use super::axis::Axis;

/// What a plot shows.
pub struct Chart {
    /// What the reader sees first.
    pub title: String,
    /// What it shows, for who does not see it.
    pub description: String,
    /// The names of the rows.
    pub rows: Vec<String>,
    /// How wide the names are, in pixels.
    pub names: f64,
    /// How many marks a row has one above the other, and how high each is, in pixels.
    pub lanes: (usize, f64),
    /// The series: their kinds, and their names.
    pub legend: Vec<(String, String)>,
    /// Whether the series are bars.
    pub bars: bool,
    /// One beside the other.
    pub panels: Vec<Panel>,
}

/// Marks on an axis.
pub struct Panel {
    /// What stands above it.
    pub heading: String,
    /// What the axis shows, with its unit.
    pub label: String,
    /// The axis.
    pub axis: Axis,
    /// Where a line marks the baseline.
    pub baseline: Option<f64>,
    /// How far the baseline strayed from itself, row by row.
    pub bands: Vec<(f64, f64)>,
    /// What was measured.
    pub marks: Vec<Mark>,
}

/// Something that was measured.
pub struct Mark {
    /// In which row.
    pub row: usize,
    /// In which lane of the row.
    pub lane: usize,
    /// The kind of its series.
    pub kind: String,
    /// What it looks like.
    pub shape: Shape,
    /// What is known of it.
    pub interval: Option<(f64, f64)>,
    /// On a bar or behind it; of a dot, what a pointer shows.
    pub text: String,
}

/// What a mark looks like.
#[derive(Clone, Copy)]
pub enum Shape {
    /// The sign of its series.
    Dot(f64),
    /// Between two values.
    Bar(f64, f64),
    /// Only a text, behind this value.
    Note(f64),
}
