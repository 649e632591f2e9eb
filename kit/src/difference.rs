//! Compares the styles with each other, byte for byte, in order.

use std::fmt::{self, Write};

use pipeline::Call;
use similar::TextDiff;

use crate::clauses::Violation;
use crate::host::Sent;
use crate::run::Report;

/// How many lines are shown before and after a difference.
const CONTEXT: usize = 5;

/// How many lines are shown at most. Later differences are mostly a consequence of the first ones.
const SHOWN: usize = 40;

/// The first differences between the reports of two styles.
///
/// # Errors
/// Clause 9.1, with the lines that differ: `-` is from the first style, `+` from the other.
pub fn compare(one: (&str, &Report), other: (&str, &Report)) -> Result<(), Violation> {
    let ((one_name, one), (other_name, other)) = (one, other);
    if one == other {
        return Ok(());
    }
    let (one, other) = (lines(one), lines(other));
    let diff = TextDiff::from_lines(&one, &other);
    let diff = diff.unified_diff().context_radius(CONTEXT).to_string();
    let more = diff.lines().count().saturating_sub(SHOWN);
    let shown = diff.lines().take(SHOWN).flat_map(|line| [line, "\n"]);
    let mut detail = format!("\n--- {one_name}\n+++ {other_name}\n");
    detail.extend(shown);
    if more > 0 {
        let _ = writeln!(detail, "… and {more} more lines");
    }
    Err(Violation { clause: "9.1", name: "the_styles_are_identical", detail })
}

/// A report as text: one line for each event, reply, session and so on.
fn lines(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_lines(report, &mut text);
    text
}

fn write_lines(report: &Report, text: &mut String) -> fmt::Result {
    // The struct is taken apart, so that a new field cannot be forgotten here.
    let Report {
        replies,
        trace,
        sessions,
        journal,
        choices,
        fired,
        hung_up,
        shared,
        calls,
        created,
        alive,
        leaked,
        endless,
    } = report;
    for (request, event) in trace {
        writeln!(text, "request {request}: {event:?}")?;
    }
    for (request, reply) in replies.iter().enumerate() {
        writeln!(text, "reply {request}: {reply:?}")?;
    }
    for ((account, user), session) in sessions {
        writeln!(text, "session of {user} at {account}: {session:?}")?;
    }
    for entry in journal {
        writeln!(text, "committed: {entry:?}")?;
    }
    writeln!(text, "schedule: {choices:?}")?;
    for fault in fired {
        writeln!(text, "fault: {fault:?}")?;
    }
    writeln!(text, "hung up: {hung_up:?}\nshared: {shared:?}")?;
    for Sent { request, number, call, begun, ended, refused, taken } in calls {
        // A call does not print what it holds, and these are the kit's own.
        let Call { query, json, .. } = call;
        writeln!(text, "call: {request}.{number} {call:?} {query:?} {json:?}")?;
        writeln!(text, "  under way: {begun}, {ended:?}, refused: {refused}, taken: {taken}")?;
    }
    writeln!(text, "created: {created:?}")?;
    writeln!(text, "alive: {alive:?}\nleaked: {leaked:?}\nendless: {endless}")
}

#[cfg(test)]
mod tests {
    use pipeline::Event;

    use super::*;

    fn report(events: impl IntoIterator<Item = usize>) -> Report {
        const LAYERS: [&str; 4] = ["log", "recover", "deadline", "account"];
        Report {
            replies: vec![None],
            trace: events.into_iter().map(|at| (0, Event::Entered(LAYERS[at % 4]))).collect(),
            sessions: vec![],
            journal: vec![],
            choices: vec![],
            fired: vec![],
            hung_up: vec![],
            shared: vec![],
            calls: vec![],
            created: vec![],
            alive: vec![],
            leaked: vec![],
            endless: false,
        }
    }

    #[test]
    fn two_traces_are_shown_as_a_diff_with_context() {
        let (one, other) = (report(0..40), report((0..20).chain(21..40)));
        let violation = compare(("one", &one), ("other", &other)).expect_err("an event is missing");
        assert_eq!(violation.clause, "9.1");
        let detail = violation.detail;
        assert!(detail.starts_with("\n--- one\n+++ other\n@@ -16,11 +16,10 @@\n"), "{detail}");
        assert!(detail.contains("\n-request 0: Entered(\"log\")\n"), "{detail}");
        assert_eq!(detail.lines().filter(|line| line.starts_with(' ')).count(), 2 * CONTEXT);
    }

    #[test]
    fn reports_of_one_trace_that_differ_otherwise_are_different() {
        let (one, mut other) = (report(0..4), report(0..4));
        assert_eq!(compare(("one", &one), ("other", &other)), Ok(()));
        other.leaked.push(0);
        let violation = compare(("one", &one), ("other", &other)).expect_err("one leaks");
        assert!(violation.detail.contains("-leaked: []\n+leaked: [0]\n"), "{}", violation.detail);
    }
}
