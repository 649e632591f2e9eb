//! `show`: a layer, a unit or another file of the styles, side by side.

use std::io::{self, Write};

use super::columns::{self, Fit, Source};

/// A file that each style has.
struct File {
    name: &'static str,
    path: &'static str,
    /// By style: callbacks, promises, generators, async/await.
    texts: [&'static str; 4],
}

/// The folders of the styles.
const FOLDERS: [&str; 4] = ["callbacks/src", "promises/src", "generators/src", "src/async_await"];

macro_rules! files {
    ($($name:literal $path:literal;)*) => {
        [$(File {
            name: $name,
            path: $path,
            texts: [
                include_str!(concat!("../../callbacks/src/", $path)),
                include_str!(concat!("../../promises/src/", $path)),
                include_str!(concat!("../../generators/src/", $path)),
                include_str!(concat!("../async_await/", $path)),
            ],
        }),*]
    };
}

/// In the order in which a request meets them.
const FILES: [File; 12] = files! {
    "pipeline" "pipeline.rs";
    "compose" "compose.rs";
    "log" "layers/log.rs";
    "recover" "layers/recover.rs";
    "deadline" "layers/deadline.rs";
    "account" "layers/account.rs";
    "verify" "layers/verify.rs";
    "handshake" "layers/handshake.rs";
    "envelope" "layers/envelope.rs";
    "exchange" "layers/exchange.rs";
    "units" "units/queue.rs";
    "later" "units/later.rs";
};

macro_rules! shared {
    ($($name:literal $path:literal;)*) => {
        [$(($name, $path, include_str!(concat!("../../", $path)))),*]
    };
}

/// Units that decide at once are written once, for all styles.
const SHARED: [(&str, &str, &str); 4] = shared! {
    "voice" "pipeline/src/units/voice.rs";
    "welcome" "pipeline/src/units/welcome.rs";
    "guess" "pipeline/src/units/guess.rs";
    "keyword" "pipeline/src/units/keyword.rs";
};

/// What can be shown.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.name).chain(SHARED.map(|(name, ..)| name))
}

/// Prints the file `name` of the style at `place`, or of all styles.
///
/// # Errors
/// When `out` cannot be written.
pub fn show(name: &str, place: Option<usize>, fit: Fit, out: &mut dyn Write) -> io::Result<()> {
    if let Some(file) = FILES.iter().find(|file| file.name == name) {
        let wanted = |at: &usize| place.is_none_or(|place| place == *at);
        let sources = (0..FOLDERS.len()).filter(wanted).map(|at| Source {
            path: format!("{}/{}", FOLDERS[at], file.path),
            text: file.texts[at],
        });
        columns::print(&sources.collect::<Vec<_>>(), fit, out)?;
    }
    if let Some((_, path, text)) = SHARED.iter().find(|(shared, ..)| *shared == name) {
        let (code, _) = text.split_once("\n#[cfg(test)]").unwrap_or((text, ""));
        columns::print(&[Source { path: (*path).to_owned(), text: code }], fit, out)?;
        writeln!(out, "The same in all styles: it decides at once, so no style writes it again.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_and_every_unit_can_be_shown() {
        let shown: Vec<_> = names().collect();
        for &layer in &kit::clauses::LAYERS {
            assert!(shown.contains(&layer), "{layer}");
        }
        // The units `exact` and `fuzzy` are in one file.
        for unit in ["voice", "welcome", "guess", "later", "keyword"] {
            assert!(shown.contains(&unit), "{unit}");
        }
    }

    #[test]
    fn the_paths_are_those_of_the_files() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in &FILES {
            for (folder, text) in FOLDERS.iter().zip(file.texts) {
                let path = root.join(folder).join(file.path);
                assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), Some(text), "{path:?}");
            }
        }
    }
}
