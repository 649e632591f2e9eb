//! What is wrong in the file, where, and what would be right.

use std::ops::Range;

/// Something wrong at a byte of the text.
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) what: String,
}

pub(super) fn wrong<T>(at: Range<usize>, what: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { at: at.start, what: what.into() })
}

pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// A number with its unit behind it, as in `"300s"`.
pub(super) fn number(text: &str, unit: &str) -> Option<u64> {
    let digits = text.strip_suffix(unit)?;
    digits.bytes().all(|each| each.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// `toml` lists the keys that it expected. The nearest one is probably what was meant.
pub(super) fn with_nearest(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(unknown) if message.starts_with("unknown field") => {
            let known: Vec<_> = quoted.collect();
            format!("unknown key `{unknown}`: {}", one_of(unknown, &known))
        }
        // The value is not repeated: it may be a token that lacks its quotes.
        _ => match message.rsplit_once(", expected ") {
            Some((_, expected)) if message.starts_with("invalid") => {
                format!("wrong type: expected {expected}; texts stand in quotes")
            }
            _ => message.replace('\n', " "),
        },
    }
}

pub(super) fn one_of(meant: &str, known: &[&str]) -> String {
    let near = |known: &&&str| strsim::jaro_winkler(meant, known);
    let nearest = known.iter().max_by(|one, other| near(one).total_cmp(&near(other)));
    match nearest {
        Some(nearest) if near(&nearest) > 0.75 => format!("did you mean `{nearest}`?"),
        _ => format!("known are `{}`", known.join("`, `")),
    }
}
