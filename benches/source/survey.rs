//! Every file of every style, counted.

use four_ways::measure::results::source::{File, Site};
use kit::clauses::LAYERS;

use super::nesting::{Nesting, nesting};
use super::read::read;
use super::sites;
use super::styles::{Style, is_written_again};
use super::tokens;

/// What is counted of one file or several.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// How many tokens there are.
    pub tokens: usize,
    /// How deep control flow is nested, and how much there is.
    pub nesting: Nesting,
    /// How many error sites, where they are looked for.
    pub sites: Option<usize>,
}

impl Count {
    fn of(file: &File) -> Self {
        Self {
            tokens: file.tokens,
            nesting: Nesting { deepest: file.deepest, weight: file.weight },
            sites: file.sites.as_ref().map(Vec::len),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            tokens: self.tokens + other.tokens,
            nesting: Nesting {
                deepest: self.nesting.deepest.max(other.nesting.deepest),
                weight: self.nesting.weight + other.nesting.weight,
            },
            sites: match (self.sites, other.sites) {
                (Some(these), Some(those)) => Some(these + those),
                (some, none) => some.or(none),
            },
        }
    }
}

/// Counts the files of a style.
pub fn files(style: &Style) -> Result<Vec<File>, String> {
    let texts = style.texts().map_err(|error| format!("{}: {error}", style.sources))?;
    let counted = texts.into_iter().map(|(path, text)| {
        let is_written_again = is_written_again(&path);
        let path = path.to_string_lossy().into_owned();
        let counted = read(&text).and_then(|file| {
            let Nesting { deepest, weight } = nesting(&file);
            let tokens = tokens::count(tokens::shipped(text.parse()?));
            let site = |site: sites::Site| Site { line: site.line, kind: site.kind.to_owned() };
            let sites = || sites::sites(&file, style.chains()).into_iter().map(site).collect();
            let sites = is_written_again.then(sites);
            Ok(File { file: path.clone(), tokens, deepest, weight, sites })
        });
        counted.map_err(|error| format!("{}/{path}: {error}", style.sources))
    });
    counted.collect()
}

/// A layer, or what else the styles have; a count for each of the four.
pub struct Row {
    /// What it is.
    pub name: String,
    /// What it takes.
    pub counts: [Count; 4],
}

/// The layers, outermost first, then the rest, and the whole.
pub fn rows(styles: &[Vec<File>; 4]) -> Vec<Row> {
    let mut names: Vec<String> = Vec::new();
    for file in styles.iter().flatten() {
        let name = name(&file.file);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (place(name), name.clone()));
    names.push("whole".to_owned());
    let counts = |row: &str, files: &[File]| {
        let files = files.iter().filter(|file| row == "whole" || name(&file.file) == row);
        files.map(Count::of).fold(Count::default(), Count::and)
    };
    let row = |name: String| {
        let counts = [0, 1, 2, 3].map(|style| counts(&name, &styles[style]));
        Row { name, counts }
    };
    names.into_iter().map(row).collect()
}

/// In which row a file is counted.
fn name(path: &str) -> String {
    match path.trim_end_matches(".rs").split_once('/') {
        Some(("units", "queue")) => "units".to_owned(),
        Some((_, "mod")) => "lists".to_owned(),
        Some(("units", unit)) => format!("unit {unit}"),
        Some((_, layer)) => layer.to_owned(),
        None => match path {
            "lib.rs" | "mod.rs" | "pipeline.rs" => "lists".to_owned(),
            "compose.rs" => "compose".to_owned(),
            _ => "its own".to_owned(),
        },
    }
}

fn place(name: &str) -> usize {
    let rest = ["unit later", "compose", "its own", "lists"];
    let mut order = LAYERS.iter().chain(&rest);
    order.position(|other| *other == name).unwrap_or(LAYERS.len())
}
