//! The servers under load, beside services that do nothing.

use four_ways::measure::node::ORIGINALS;
use four_ways::measure::results::Http;
use four_ways::measure::results::http::{Level, Service};

use super::axis::Axis;
use super::chart::{Chart, Mark, Panel, Shape};
use super::series::{is_style, kind, legend};

/// The plot.
#[must_use]
pub fn chart(http: &Http) -> Chart {
    let services = drawn(&http.levels[0]);
    let bare = services.iter().map(|service| service.service.as_str());
    let bare: Vec<&str> = bare.filter(|name| !is_style(name)).collect();
    let rows = http.levels.iter().map(|level| match level.connections {
        1 => "1 connection".to_owned(),
        many => format!("{many} connections"),
    });
    let rates = marks(http, |service, _| Some((service.ratio, service.interval)));
    // The processor's time has no interval of its own: what the bare service strayed is its.
    let times = marks(http, |service, strays| {
        let time = service.processor?;
        Some((time, (time * (1.0 - strays), time * (1.0 + strays))))
    });
    let bands = http.levels.iter().map(|of| (1.0 - of.resolution, 1.0 + of.resolution)).collect();
    Chart {
        title: format!("Behind HTTP, beside {}", bare.join(" and ")),
        description: "By the number of connections: requests a second of each server relative \
                      to the bare one, and the processor time of one request, with intervals"
            .to_owned(),
        rows: rows.collect(),
        names: 124.0,
        lanes: (services.len(), 12.0),
        legend: [
            legend(services.iter().map(|service| service.service.as_str())),
            vec![("line".to_owned(), format!("{}; its resolution", services[0].service))],
        ]
        .concat(),
        bars: false,
        panels: vec![
            Panel {
                heading: "requests a second".to_owned(),
                label: format!("relative to {}", services[0].service),
                axis: Axis::from_zero(&[ends(&rates), vec![1.1]].concat()),
                baseline: Some(1.0),
                bands,
                marks: rates,
            },
            Panel {
                heading: "processor time of one request, of the server alone".to_owned(),
                label: "microseconds".to_owned(),
                axis: Axis::from_zero(&ends(&times)),
                baseline: None,
                bands: vec![],
                marks: times,
            },
        ],
    }
}

/// The services without the Node originals. What is no style is grey, so these would look like the
/// bare service; they are in the table.
fn drawn(level: &Level) -> Vec<&Service> {
    let is_original = |name: &str| ORIGINALS.iter().any(|original| original.bot == name);
    level.services.iter().filter(|service| !is_original(&service.service)).collect()
}

type Measured = Option<(f64, (f64, f64))>;

/// What is measured of each service at each level; `of` is told how far the bare one strayed.
fn marks(http: &Http, of: impl Fn(&Service, f64) -> Measured) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (row, level) in http.levels.iter().enumerate() {
        for (lane, service) in drawn(level).into_iter().enumerate() {
            let Some((value, interval)) = of(service, level.resolution) else { continue };
            marks.push(Mark {
                row,
                lane,
                kind: kind(&service.service).to_owned(),
                shape: Shape::Dot(value),
                interval: Some(interval),
                text: format!("{}: {value:.2}", service.service),
            });
        }
    }
    marks
}

fn ends(marks: &[Mark]) -> Vec<f64> {
    marks.iter().filter_map(|mark| mark.interval).map(|(_, most)| most).collect()
}
