//! Who notices an error that is forgotten.

use serde::Deserialize;

use super::markdown::table;

const WHO: [&str; 5] = ["compiler", "lint and kit", "lint", "kit", "nobody"];

#[derive(Deserialize)]
pub struct Style {
    style: String,
    ways: Vec<Way>,
}

/// A way to forget.
#[derive(Deserialize)]
struct Way {
    file: String,
    line: usize,
    kind: String,
    by: String,
}

/// A row for each style.
pub fn by_style(styles: &[Style]) -> String {
    let rows = styles.iter().map(|style| row(&style.style, &style.ways.iter().collect::<Vec<_>>()));
    noticed(&rows.collect::<Vec<_>>())
}

/// A row for each kind, over all styles.
pub fn by_kind(styles: &[Style]) -> String {
    let ways = || styles.iter().flat_map(|style| &style.ways);
    let mut kinds: Vec<&str> = Vec::new();
    for way in ways() {
        if !kinds.contains(&way.kind.as_str()) {
            kinds.push(&way.kind);
        }
    }
    kinds.sort_unstable();
    let of = |kind| ways().filter(|way| way.kind == kind).collect::<Vec<_>>();
    noticed(&kinds.into_iter().map(|kind| row(kind, &of(kind))).collect::<Vec<_>>())
}

/// What compiles, and the kit does not notice; a line for each style.
pub fn unseen(styles: &[Style]) -> String {
    let lines = styles.iter().filter_map(|style| {
        let unseen = style.ways.iter().filter(|way| ["lint", "nobody"].contains(&&*way.by));
        let unseen: Vec<_> = unseen
            .map(|Way { file, line, kind, .. }| format!("`{file}:{line}` ({kind})"))
            .collect();
        (!unseen.is_empty()).then(|| format!("- {}: {}", style.style, unseen.join(", ")))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn noticed(rows: &[Vec<String>]) -> String {
    let header = ["", "forgotten", "compiler", "lint and kit", "lint only", "kit only", "nobody"];
    table(&header, rows)
}

fn row(name: &str, ways: &[&Way]) -> Vec<String> {
    let by = WHO.map(|who| ways.iter().filter(|way| way.by == who).count().to_string());
    [name.to_owned(), ways.len().to_string()].into_iter().chain(by).collect()
}
