use kit::run::Natural;
use kit::{Report, Script, Style, Violation, difference, play};

/// Plays a script through some styles on the kit's simulated host: one report for each.
///
/// # Errors
/// The first difference to the first style.
pub fn equal(styles: &[Style], script: &Script) -> Result<Vec<Report>, Violation> {
    let mut reports: Vec<Report> = Vec::with_capacity(styles.len());
    for style in styles {
        let report = play(style, script, &mut Natural);
        if let Some(first) = reports.first() {
            difference::compare((styles[0].name, first), (style.name, &report))?;
        }
        reports.push(report);
    }
    Ok(reports)
}
