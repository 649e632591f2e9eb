//! A text with placeholders, `{{name}}` or `{{name: argument}}`.

use thiserror::Error;

/// A placeholder that cannot be filled.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {{{{{placeholder}}}}}: {why}")]
pub struct Refused {
    /// In which line of the template it stands, from 1.
    pub line: usize,
    /// What stands between the braces.
    pub placeholder: String,
    /// What is wrong with it.
    pub why: String,
}

/// The text with every placeholder replaced by its `figure`, which is told name and argument.
///
/// # Errors
/// The first placeholder that has no figure, or no end.
pub fn fill(
    template: &str,
    figure: impl Fn(&str, &str) -> Result<String, String>,
) -> Result<String, Refused> {
    let mut filled = String::new();
    for (number, line) in template.lines().enumerate() {
        let mut rest = line;
        while let Some((before, placeholder)) = rest.split_once("{{") {
            let refused = |placeholder: &str, why: String| {
                let placeholder = placeholder.to_owned();
                Refused { line: number + 1, placeholder, why }
            };
            let Some((placeholder, after)) = placeholder.split_once("}}") else {
                return Err(refused(placeholder, "it has no end in this line".to_owned()));
            };
            let (name, argument) = placeholder.split_once(": ").unwrap_or((placeholder, ""));
            let figure = figure(name, argument).map_err(|why| refused(placeholder, why))?;
            filled.push_str(before);
            filled.push_str(&figure);
            rest = after;
        }
        filled.push_str(rest);
        filled.push('\n');
    }
    Ok(filled)
}
