//! What was found, as lines of a table and as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::exchange::Stop;
use super::list::Finding;

/// How wide the explanation of a failure is indented.
const INDENT: &str = "        ";

/// Writes the line of one finding: ✔ kept, ✘ broken, – not examined; with the reason, and for ✘ with
/// the bytes that show it.
///
/// # Errors
/// When it cannot be written.
pub fn line(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Finding { number, level, rule, source, outcome } = finding;
    let mark = match outcome {
        Ok(()) => '✔',
        Err(Stop::Failed(_)) => '✘',
        Err(Stop::Skipped(_)) => '–',
    };
    writeln!(out, "{mark} {number:<5} {:<6} {rule}", level.name())?;
    match outcome {
        Ok(()) => Ok(()),
        Err(Stop::Skipped(why)) => writeln!(out, "{INDENT}{why}"),
        Err(Stop::Failed(failure)) => {
            writeln!(out, "{INDENT}{} [{source}]", failure.reason)?;
            for (name, bytes) in [("request", &failure.request), ("answer", &failure.answer)] {
                if !bytes.is_empty() {
                    writeln!(out, "{INDENT}{name}: {}", bytes.escape_debug())?;
                }
            }
            Ok(())
        }
    }
}

/// The last line: how many rules are kept, broken, and not examined.
#[must_use]
pub fn summary(findings: &[Finding]) -> String {
    let (mut kept, mut broken, mut skipped) = (0, 0, 0);
    for finding in findings {
        match finding.outcome {
            Ok(()) => kept += 1,
            Err(Stop::Failed(_)) => broken += 1,
            Err(Stop::Skipped(_)) => skipped += 1,
        }
    }
    let fatal = findings.iter().filter(|finding| finding.is_fatal()).count();
    let checks = findings.len();
    format!("{checks} checks: {kept} ✔, {broken} ✘ ({fatal} MUST), {skipped} – not examined")
}

/// All findings.
#[must_use]
pub fn json(url: &str, mode: &str, findings: &[Finding]) -> Value {
    let checks = findings.iter().map(|finding| {
        let mut check = json!({
            "number": finding.number,
            "level": finding.level.name(),
            "rule": finding.rule,
            "source": finding.source,
        });
        match &finding.outcome {
            Ok(()) => check["result"] = "passed".into(),
            Err(Stop::Skipped(why)) => {
                check["result"] = "skipped".into();
                check["reason"] = (*why).into();
            }
            Err(Stop::Failed(failure)) => {
                check["result"] = "failed".into();
                check["reason"] = failure.reason.as_str().into();
                check["request"] = failure.request.as_str().into();
                check["answer"] = failure.answer.as_str().into();
            }
        }
        check
    });
    json!({ "url": url, "mode": mode, "checks": checks.collect::<Vec<_>>() })
}
