//! The onion as an indented picture of an event trace: `→` into a layer, `←` out of it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use four_ways::conversation;
use pipeline::{Class, Event, Expired, Fault, Pushed};

const IN: Style = AnsiColor::Green.on_default();
const OUT: Style = AnsiColor::Cyan.on_default();
const QUIET: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Draws the events of one request.
///
/// # Errors
/// When `out` cannot be written.
pub fn draw<'a>(events: impl Iterator<Item = &'a Event>, out: &mut dyn Write) -> io::Result<()> {
    // What is under way, outermost first. A layer that is left before the ones inside it leaves a
    // gap: they go on after the request was answered, and keep their places.
    let mut layers: Vec<Option<&str>> = Vec::new();
    for event in events {
        let (depth, style, line) = match event {
            Event::Entered(layer) => {
                layers.push(Some(layer));
                (layers.len() - 1, IN, format!("→ {layer}"))
            }
            Event::Left(layer, class) => {
                let place = layers.iter().rposition(|each| *each == Some(layer));
                let depth = place.unwrap_or(layers.len());
                if let Some(left) = layers.get_mut(depth) {
                    *left = None;
                }
                while let Some(None) = layers.last() {
                    layers.pop();
                }
                (depth, OUT, format!("← {layer}{}", ending(*class)))
            }
            // Written by the outermost layer, whatever still goes on further in.
            Event::Logged(_) => (1, QUIET, format!("· {}", note(event))),
            Event::Replied(response) => {
                let answer = conversation::answer(response);
                (0, BOLD, format!("= {}", answer.replace('\n', "\n  ")))
            }
            inside => (layers.len(), QUIET, format!("· {}", note(inside))),
        };
        writeln!(out, "{:indent$}{style}{line}{style:#}", "", indent = 2 * depth)?;
    }
    Ok(())
}

fn note(event: &Event) -> String {
    match event {
        Event::Entered(layer) | Event::Left(layer, _) => (*layer).to_owned(),
        Event::Opened(Some(session)) => format!("new, message {}", session.exchanges + 1),
        Event::Opened(None) => "a repeat, with its stored answer".to_owned(),
        Event::Asked(unit, true) => format!("{unit} replies"),
        Event::Asked(unit, false) => format!("{unit} passes"),
        Event::Submitted(operation) => format!("{operation} …"),
        Event::Completed(operation, Class::Done, true) => format!("{operation} done"),
        Event::Completed(operation, class, true) => format!("{operation}{}", ending(*class)),
        Event::Completed(operation, _, false) => format!("{operation} ended, unheard"),
        Event::Logged(line) => {
            format!(
                "{} {} {} {} {:?}",
                line.account, line.kind, line.unit, line.status, line.elapsed
            )
        }
        Event::Expired(Expired::Answered) => "too late: success".to_owned(),
        Event::Expired(Expired::Pushed) => "too late: success, and a message later".to_owned(),
        Event::Expired(Expired::Held) => "too late: held open".to_owned(),
        Event::Late => "the last try: a notice".to_owned(),
        Event::Pushed(Pushed { failed: None, .. }) => "sent as a message".to_owned(),
        Event::Pushed(Pushed { failed: Some(why), .. }) => format!("not sent: {why}"),
        Event::Replied(response) => response.status.to_string(),
    }
}

/// How something ended, where it was not well.
fn ending(class: Class) -> String {
    match class {
        Class::Done => String::new(),
        Class::Refused(status) => format!(" refuses: {status}"),
        Class::Failed(Fault::Transient) => " failed for now".to_owned(),
        Class::Failed(Fault::Permanent) => " failed for good".to_owned(),
        Class::Failed(Fault::Abandoned) => " was abandoned".to_owned(),
        Class::Panicked => " panicked".to_owned(),
        Class::Dropped => " was dropped".to_owned(),
    }
}
