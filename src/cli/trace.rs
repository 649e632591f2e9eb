//! `trace`: one message on its way through the layers.

use std::io::{self, Write};

use four_ways::conversation;
use kit::Style;

use super::picture;
use super::play::equal;
use super::verdict::Verdict;

/// Sends `message` through `styles`, and draws what happened once if it is the same in all.
pub fn trace(styles: &[Style], message: &str, out: &mut dyn Write) -> (Verdict, io::Result<()>) {
    let script = conversation::script(&[conversation::text(message)]);
    match equal(styles, &script) {
        Ok(reports) => {
            let events = reports.iter().take(1).flat_map(|report| &report.trace);
            let drawn = picture::draw(events.map(|(_, event)| event), out);
            let printed = drawn.and_then(|()| match styles {
                [_] => Ok(()),
                several => writeln!(out, "\nidentical in {} styles", several.len()),
            });
            (Verdict::Identical, printed)
        }
        Err(violation) => (Verdict::Different, writeln!(out, "different: {violation}")),
    }
}
