//! Compares this run with an earlier one.

use four_ways::measure::results::Compare;
use four_ways::measure::results::compare::Situation;
use thiserror::Error;

/// Why another run cannot be compared.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// The other run did not measure this.
    #[error("it has no {0}")]
    Lacks(String),
    /// The other run has another baseline.
    #[error("{0} has another baseline")]
    Baseline(String),
}

fn all(results: &Compare) -> impl Iterator<Item = &Situation> {
    results.situations.iter().chain(&results.shapes)
}

/// Prints how many ratios of `results` agree with those of `other`. Returns whether all agree. Two
/// ratios agree if they differ by no more than the uncertainties of both together.
///
/// # Errors
/// When `other` has not measured the same, or has another baseline.
pub fn agree(results: &Compare, other: &Compare) -> Result<bool, Incomparable> {
    let (mut compared, mut apart) = (0, Vec::new());
    for Situation { situation: title, styles, .. } in all(results) {
        let same = all(other).find(|other| other.situation == *title);
        let earlier = &same.ok_or_else(|| Incomparable::Lacks(format!("`{title}`")))?.styles;
        if styles.first().map(|cost| &cost.style) != earlier.first().map(|cost| &cost.style) {
            return Err(Incomparable::Baseline(title.clone()));
        }
        for now in styles.iter().skip(1).filter(|cost| cost.style != "slowed") {
            let style = &now.style;
            let then = earlier.iter().find(|cost| cost.style == *style);
            let then = then.ok_or_else(|| Incomparable::Lacks(format!("{style} in `{title}`")))?;
            compared += 1;
            let (is, was, uncertain) = (now.ratio, then.ratio, now.uncertainty + then.uncertainty);
            if (is / was - 1.0).abs() > uncertain {
                let uncertain = 100.0 * uncertain;
                apart.push(format!("{title}, {style}: {is:.3}, was {was:.3} (± {uncertain:.1} %)"));
            }
        }
    }
    println!("\n{} of {compared} ratios agree with the other run's", compared - apart.len());
    apart.iter().for_each(|line| println!("{line}"));
    Ok(apart.is_empty())
}
