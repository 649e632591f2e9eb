//! The styles against each other, byte for byte, in order.

use super::clauses::Violation;
use super::run::Report;

/// The first difference between the reports of two styles.
///
/// # Errors
/// Clause 9.1, with the first place at which they differ.
pub fn compare(one: (&str, &Report), other: (&str, &Report)) -> Result<(), Violation> {
    let ((one_name, one), (other_name, other)) = (one, other);
    if one == other {
        return Ok(());
    }
    let first = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other);
    let at = first.unwrap_or_else(|| one.trace.len().min(other.trace.len()));
    let detail = if one.trace == other.trace {
        format!(
            "{one_name} and {other_name} have one trace and differ otherwise: {one:?} {other:?}"
        )
    } else {
        format!(
            "event {at}: {one_name} has {:?}, {other_name} has {:?}",
            one.trace.get(at),
            other.trace.get(at)
        )
    };
    Err(Violation { clause: "9.1", name: "the_styles_are_identical", detail })
}
