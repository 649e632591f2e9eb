//! Tables and numbers as Markdown.

/// What stands where there is nothing to say.
pub const NONE: &str = "–";

/// A table: the first column is a name, the others are figures.
pub fn table<Name: AsRef<str>>(header: &[Name], rows: &[Vec<String>]) -> String {
    let mut names = header.iter().map(|name| name.as_ref().to_owned()).collect::<Vec<_>>();
    let mut rule = vec!["---".to_owned()];
    rule.resize(names.len(), "--:".to_owned());
    names.iter_mut().for_each(|name| *name = name.replace('|', "\\|"));
    let lines = [names, rule];
    let lines = lines.iter().chain(rows).map(|cells| format!("| {} |", cells.join(" | ")));
    lines.collect::<Vec<_>>().join("\n")
}

/// An exact count, which may be a mean: one digit after the point, unless it is whole.
pub fn exact(count: f64) -> String {
    let shown = format!("{count:.1}");
    grouped(shown.strip_suffix(".0").unwrap_or(&shown))
}

/// What is more than the baseline's.
pub fn more(count: f64) -> String {
    format!("{}{}", if count > 0.0 { "+" } else { "" }, exact(count))
}

/// Without what stands behind the point.
pub fn whole(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// A share of the whole.
pub fn per_cent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// The same text with commas between the thousands of its numbers.
pub fn grouped(text: &str) -> String {
    let mut shown = String::new();
    let mut fraction = false;
    for (at, each) in text.char_indices() {
        let rest = text[at..].chars().take_while(char::is_ascii_digit).count();
        let inside = shown.ends_with(|last: char| last.is_ascii_digit());
        fraction = each == '.' || fraction && each.is_ascii_digit();
        if !fraction && inside && rest > 0 && rest % 3 == 0 {
            shown.push(',');
        }
        shown.push(each);
    }
    shown
}
