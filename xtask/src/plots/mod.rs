//! The plots of the results, as SVG for light and dark pages, from what the benches wrote.
//!
//! * [`axis`]: from values to places.
//! * [`chart`]: what a plot shows.
//! * [`layout`]: where everything stands; how it looks is in `chart.svg`.
//! * [`series`]: the colours and signs of the styles.
//! * [`words`]: in which language something is said.
//! * [`stack`]: bars of parts.
//! * [`replies`]: how long a reply takes, by situation.
//! * [`instructions`]: on what a reply spends its instructions.
//! * [`layer`]: an empty layer, by depth.
//! * [`runtimes`]: the styles on runtimes.
//! * [`http`]: the servers under load.
//! * [`source`]: the size of the source.
//! * [`forgotten`]: who notices an error that is forgotten.

pub mod axis;
pub mod chart;
pub mod forgotten;
pub mod http;
pub mod instructions;
pub mod layer;
pub mod layout;
pub mod replies;
pub mod runtimes;
pub mod series;
pub mod source;
pub mod stack;
pub mod words;

use std::path::Path;

use four_ways::measure::results::Results;

use crate::document::Document;
use crate::error::Error;
use crate::published::{fence, record};

/// All plots of the repository at `root`.
///
/// # Errors
/// The first file that is missing or has another shape, or a mistake in the template.
pub fn plots(root: &Path) -> Result<Vec<Document>, Error> {
    fn of<R: Results>(root: &Path) -> Result<R, Error> {
        Ok(record::<R>(root)?.results)
    }
    let compare = of(root)?;
    let charts = [
        ("docs/pictures/replies.svg", replies::chart(&compare, &words::ENGLISH)),
        ("docs/pictures/replies.zh.svg", replies::chart(&compare, &words::CHINESE)),
        ("docs/pictures/instructions.svg", instructions::chart(&fence(root)?)),
        ("docs/pictures/layer.svg", layer::chart(&compare)),
        ("docs/pictures/runtimes.svg", runtimes::chart(&of(root)?)),
        ("docs/pictures/http.svg", http::chart(&of(root)?)),
        ("docs/pictures/source.svg", source::chart(&of(root)?)),
        ("docs/pictures/forgotten.svg", forgotten::chart(&of(root)?)),
    ];
    charts.iter().map(|(path, chart)| Ok(Document { path, text: layout::draw(chart)? })).collect()
}
