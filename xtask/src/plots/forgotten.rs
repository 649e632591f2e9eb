//! Who notices an error that is forgotten.

use four_ways::measure::results::Forgotten;
use four_ways::measure::results::forgotten::Noticed;

use super::chart::Chart;
use super::stack::{Row, stacked};

/// Who notices, from the earliest to nobody.
const WHO: [(Noticed, &str, &str); 5] = [
    (Noticed::Compiler, "green", "compiler"),
    (Noticed::Both, "blue", "lint and kit"),
    (Noticed::Lint, "purple", "lint only"),
    (Noticed::Kit, "orange", "kit only"),
    (Noticed::Nobody, "red", "nobody"),
];

/// The plot.
#[must_use]
pub fn chart(forgotten: &Forgotten) -> Chart {
    let rows = forgotten.0.iter().map(|style| {
        let by = |who: Noticed| style.ways.iter().filter(|way| way.by == who).count() as f64;
        Row { name: style.style.clone(), parts: WHO.map(|(who, ..)| by(who)).to_vec() }
    });
    let mut chart = stacked(&rows.collect::<Vec<_>>(), &WHO.map(|(_, kind, name)| (kind, name)));
    chart.title = "Errors that are forgotten, one at a time, and who notices".to_owned();
    chart.description =
        "Stacked bars: noticed by the compiler, by a lint and the kit, by one of them, by nobody"
            .to_owned();
    chart.panels[0].label = "errors that were forgotten".to_owned();
    chart
}
