//! The colours and signs of the styles. `chart.svg` has one of each for every kind.

/// The kind of what has this name; what is no style is grey.
#[must_use]
pub fn kind(name: &str) -> &'static str {
    match name {
        "callbacks" => "blue",
        "promises" => "orange",
        "generators" => "purple",
        "async-await" => "green",
        name if name.contains("axum") => "red",
        _ => "grey",
    }
}

/// Whether this is one of the four.
#[must_use]
pub fn is_style(name: &str) -> bool {
    matches!(kind(name), "blue" | "orange" | "purple" | "green")
}

/// A legend of these names.
#[must_use]
pub fn legend<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<(String, String)> {
    names.into_iter().map(|name| (kind(name).to_owned(), name.to_owned())).collect()
}
