//! The pictures of the documents, as SVG for light and dark pages.
//!
//! * [`onion`]: one request on its way through the layers, from a recorded trace.

pub mod onion;

use std::fs;
use std::path::Path;

use crate::error::Error;

/// The folder of the pictures.
pub const FOLDER: &str = "docs/pictures";

/// All pictures: the name of each file, and its text.
///
/// # Errors
/// A mistake in a template.
pub fn pictures() -> Result<Vec<(&'static str, String)>, Error> {
    Ok(vec![("onion.svg", onion::draw("hello")?)])
}

/// Writes the pictures of the repository at `root`, and tells their paths.
///
/// # Errors
/// As [`pictures`], or when one cannot be written.
pub fn write(root: &Path) -> Result<Vec<String>, Error> {
    let write = |(name, text): (&str, String)| {
        let path = format!("{FOLDER}/{name}");
        fs::write(root.join(&path), text).map_err(|why| Error::File(path.clone(), why))?;
        Ok(path)
    };
    pictures()?.into_iter().map(write).collect()
}
