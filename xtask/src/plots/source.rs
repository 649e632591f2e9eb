//! How many tokens each style's source has, and how many of them are written again for each layer
//! and unit.

use four_ways::measure::results::Source;
use four_ways::measure::results::source::File;

use super::chart::Chart;
use super::stack::{Row, stacked};

/// The plot.
#[must_use]
pub fn chart(source: &Source) -> Chart {
    let rows = source.styles.iter().map(|style| {
        let again = |file: &&File| file.sites.is_some();
        let tokens = |files: Vec<&File>| files.iter().map(|file| file.tokens).sum::<usize>() as f64;
        let layers = tokens(style.files.iter().filter(again).collect());
        let all = tokens(style.files.iter().collect());
        Row { name: style.style.clone(), parts: vec![layers, all - layers] }
    });
    let mut chart = stacked(
        &rows.collect::<Vec<_>>(),
        &[("blue", "layers and units"), ("grey", "written once: composition, driver, types")],
    );
    chart.title = "Source of each style".to_owned();
    chart.description =
        "Stacked bars: tokens of the layers and units, and of what is written once".to_owned();
    chart.panels[0].label = "tokens: words, literals, operators and delimiters".to_owned();
    chart
}
