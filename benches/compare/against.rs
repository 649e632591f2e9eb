//! Whether another run came to the same.

use four_ways::measure::results::Compare;
use four_ways::measure::results::compare::Situation;
use thiserror::Error;

/// Why another run cannot be compared.
#[derive(Debug, Error)]
pub enum Incomparable {
    /// It has measured something else.
    #[error("it has no {0}")]
    Lacks(String),
    /// It is relative to something else.
    #[error("{0} has another baseline")]
    Baseline(String),
}

/// Prints how far the ratios of `results` agree with those of `other`. Whether all agree: whether
/// none is further from the other's than what both are uncertain of.
///
/// # Errors
/// What `other` lacks.
pub fn agree(results: &Compare, other: &Compare) -> Result<bool, Incomparable> {
    let (mut compared, mut apart) = (0, Vec::new());
    for Situation { situation: title, styles, .. } in &results.situations {
        let same = other.situations.iter().find(|other| other.situation == *title);
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
