//! `compare`: the shipped conversation in all styles, what it costs, and where to read on.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Colour};
use four_ways::conversation::{self, Turn};
use four_ways::measure::Count;
use kit::{Report, Style};

use super::cost::{self, Cost};
use super::play::equal;
use super::verdict::Verdict;

const WHO: Colour = Colour::new().bold();
const REFUSED: Colour = AnsiColor::Yellow.on_default();
const GOOD: Colour = AnsiColor::Green.on_default().bold();
const BAD: Colour = AnsiColor::Red.on_default().bold();

/// The same layer, the one with the most control flow, in the four styles.
const READ: [&str; 4] = [
    "callbacks/src/layers/exchange.rs",
    "promises/src/layers/exchange.rs",
    "generators/src/layers/exchange.rs",
    "src/async_await/layers/exchange.rs",
];

/// Plays the conversation through `styles`, prints it once if they are identical, and measures.
pub fn compare(
    styles: &[Style],
    count: fn() -> Count,
    out: &mut dyn Write,
) -> (Verdict, io::Result<()>) {
    let turns = conversation::turns();
    let reports = match equal(styles, &conversation::script(&turns)) {
        Ok(reports) => reports,
        Err(violation) => {
            return (Verdict::Different, writeln!(out, "{BAD}different{BAD:#}: {violation}"));
        }
    };
    if let Err(error) = print_conversation(&turns, &reports, out) {
        return (Verdict::Identical, Err(error));
    }
    match cost::measure(&turns, count) {
        Ok(cost) => (Verdict::Identical, print_costs(styles, &reports, &cost, out)),
        Err(unequal) => (Verdict::Different, writeln!(out, "{BAD}different{BAD:#}: {unequal}")),
    }
}

fn print_conversation(turns: &[Turn], reports: &[Report], out: &mut dyn Write) -> io::Result<()> {
    let Some(report) = reports.first() else { return Ok(()) };
    let width = turns.iter().map(|turn| turn.who.len()).max().unwrap_or(0);
    for (turn, reply) in turns.iter().zip(&report.replies) {
        let remark = turn.remark.map(|remark| format!("  ({remark})")).unwrap_or_default();
        let said = conversation::said(&turn.request);
        writeln!(out, "{WHO}{:width$}{WHO:#}  {said}{remark}", turn.who)?;
        let (colour, answer) = match reply {
            Some(reply) if reply.status == 200 => (Colour::new(), conversation::answer(reply)),
            Some(reply) => (REFUSED, conversation::answer(reply)),
            None => (REFUSED, "no reply".into()),
        };
        for (line, mark) in answer.lines().zip(["→"].into_iter().chain(std::iter::repeat(" "))) {
            writeln!(out, "{:width$}  {mark} {colour}{line}{colour:#}", "")?;
        }
    }
    writeln!(
        out,
        "\n{GOOD}identical{GOOD:#}: {} requests, {} events in order and every reply byte for byte, \
         in {} styles\n",
        turns.len(),
        report.trace.len(),
        reports.len(),
    )
}

fn print_costs(
    styles: &[Style],
    reports: &[Report],
    cost: &Cost,
    out: &mut dyn Write,
) -> io::Result<()> {
    let events = styles.iter().zip(reports).map(|(style, report)| (style.name, report.trace.len()));
    cost.print(&events.collect::<Vec<_>>(), out)?;
    writeln!(out, "\nRead on: the exchange layer in each style")?;
    for path in READ {
        writeln!(out, "  {path}")?;
    }
    writeln!(out, "and one message on its way through the layers: four-ways trace 你好")
}

#[cfg(test)]
mod tests {
    use four_ways::styles;

    use super::*;

    fn printed(styles: &[Style]) -> (Verdict, String) {
        let mut out = Vec::new();
        let count = || Count { allocations: 0, bytes: 0 };
        let (verdict, printed) = compare(styles, count, &mut out);
        printed.expect("a vector takes everything");
        (verdict, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn a_style_that_differs_is_named_with_clause_and_event() {
        let mut styles = styles::all();
        let style = styles[3].clone();
        styles[3] = Style::new("careless", move |host, mut request| {
            request.body.clear();
            style.start(host, request)
        });
        let (verdict, printed) = printed(&styles);
        assert_eq!(verdict, Verdict::Different);
        assert!(printed.contains("different"), "{printed}");
        assert!(printed.contains("clause 9.1"), "{printed}");
        assert!(printed.contains("+++ careless"), "{printed}");
        assert!(printed.contains("\n-request 1: Logged"), "{printed}");
    }

    #[test]
    fn what_to_read_is_there() {
        for path in READ {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            assert!(path.is_file(), "{path:?}");
        }
    }
}
