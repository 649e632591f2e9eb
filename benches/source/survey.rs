//! What every file of every style takes, as far as its pipeline reaches it.

use four_ways::measure::results::source::{File, Site};

use super::nesting::{Nesting, nesting};
use super::reached::reached;
use super::read::read;
use super::sites;
use super::styles::{Style, is_written_again};
use super::tokens;

/// Counts the files of a style.
pub fn files(style: &Style) -> Result<Vec<File>, String> {
    let texts = style.texts().map_err(|error| format!("{}: {error}", style.sources))?;
    let texts = reached(texts).map_err(|error| format!("{}: {error}", style.sources))?;
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
