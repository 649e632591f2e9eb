//! One request on its way through the layers. What is drawn is what the kit has recorded: which
//! layer was entered inside which, what each asked the host for, and what the units said.

use four_ways::{conversation, styles};
use kit::pipeline::Event;
use kit::run::{Natural, play};
use minijinja::value::Serde;
use minijinja::{Environment, syntax::SyntaxConfig};
use serde::Serialize;

use crate::error::Error;

/// How far a layer lies inside the one around it.
const STEP: (usize, usize) = (40, 20);

/// The innermost layer.
const CORE: (usize, usize) = (170, 110);

/// The room for what is asked and answered, at both sides.
const EDGE: usize = 190;

#[derive(Serialize)]
struct Picture {
    title: String,
    width: usize,
    height: usize,
    middle: usize,
    edge: usize,
    asked: String,
    answered: String,
    rings: Vec<Ring>,
    stops: Vec<Stop>,
    units: Vec<Unit>,
}

#[derive(Serialize)]
struct Ring {
    name: &'static str,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// Something that a layer does: on its way in on the left, on its way out on the right.
#[derive(Serialize)]
struct Stop {
    x: usize,
    what: String,
}

#[derive(Serialize)]
struct Unit {
    name: &'static str,
    replies: bool,
}

/// Draws the way of one text message.
///
/// # Errors
/// A mistake in the template.
pub fn draw(message: &str) -> Result<String, Error> {
    let script = conversation::script(&[conversation::text(message)]);
    let report = play(&styles::all()[0], &script, &mut Natural);
    let events: Vec<&Event> = report.trace.iter().map(|(_, event)| event).collect();
    let mut templates = Environment::new();
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    let picture = picture(message, &events);
    Ok(templates.render_named_str("onion.svg", include_str!("onion.svg"), Serde(picture))?)
}

fn picture(message: &str, events: &[&Event]) -> Picture {
    let layers = events.iter().filter(|event| matches!(event, Event::Entered(_))).count();
    let depth = layers.saturating_sub(1);
    let (width, height) =
        (2 * (EDGE + STEP.0 * depth) + CORE.0, 2 * (10 + STEP.1 * depth) + CORE.1);
    let (mut rings, mut stops, mut units) = (Vec::new(), Vec::new(), Vec::new());
    let (mut inside, mut out, mut answered) = (0, false, String::new());
    for event in events {
        // A stop stands in the band of its layer, one beside the other.
        let band = |at: usize, used: usize| {
            let left = EDGE + STEP.0 * at + 14 + 13 * used;
            if out { width - left } else { left }
        };
        let mut stop = |at: usize, what: String| {
            let used = stops.iter().filter(|(of, side, _)| (*of, *side) == (at, out)).count();
            stops.push((at, out, Stop { x: band(at, used), what }));
        };
        match event {
            Event::Entered(name) => {
                let (dx, dy) = (STEP.0 * inside, STEP.1 * inside);
                let (x, y) = (EDGE + dx, 10 + dy);
                rings.push(Ring { name, x, y, width: width - 2 * x, height: height - 2 * y });
                inside += 1;
            }
            Event::Left(..) => {
                inside -= 1;
                out = true;
            }
            Event::Submitted(operation) => stop(inside - 1, operation.to_string()),
            Event::Logged(_) => stop(0, "log line".to_owned()),
            Event::Asked(name, replies) => units.push(Unit { name, replies: *replies }),
            Event::Replied(response) => {
                answered = conversation::answer(response).lines().next().unwrap_or("").to_owned();
            }
            // A message that is answered in time meets neither deadline nor push.
            Event::Opened(_)
            | Event::Completed(..)
            | Event::Expired(_)
            | Event::Late
            | Event::Pushed(_) => {}
        }
    }
    Picture {
        title: format!("The text “{message}” on its way through {layers} layers, in and out again"),
        width,
        height,
        middle: height / 2 - 30,
        edge: EDGE,
        asked: message.to_owned(),
        answered,
        rings,
        stops: stops.into_iter().map(|(_, _, stop)| stop).collect(),
        units,
    }
}
