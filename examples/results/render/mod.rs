//! The documents, from what is published and from their templates.
//!
//! * [`published`]: the files of the benches, read; one module for the shape of each and its tables.
//! * [`figures`]: what a placeholder stands for.
//! * [`template`]: a text with its placeholders filled.
//! * [`markdown`]: tables and numbers.

pub mod compare;
pub mod environment;
pub mod fence;
pub mod figures;
pub mod forgotten;
pub mod http;
pub mod markdown;
pub mod peers;
pub mod published;
pub mod runtimes;
pub mod source;
pub mod template;
pub mod users;

use std::path::Path;

use thiserror::Error;

use published::{FOLDER, Published, Unreadable};
use template::Refused;

/// What renews all documents.
pub const COMMAND: &str = "cargo run --example results";

/// Between which lines the README's block stands.
pub const BLOCK: [&str; 2] = ["<!-- results -->\n", "<!-- /results -->"];

/// A document as it has to be.
pub struct Document {
    /// Its path in the repository.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// Why there is none.
#[derive(Debug, Error)]
pub enum Error {
    /// A file.
    #[error(transparent)]
    File(#[from] Unreadable),
    /// A placeholder.
    #[error("{0}: {1}")]
    Template(String, Refused),
    /// The README.
    #[error("README.md has no `{}` with an `{}` behind it", BLOCK[0].trim(), BLOCK[1])]
    NoBlock,
}

/// The documents of the repository at `root`.
///
/// # Errors
/// The first file that is missing or has another shape, or the first unknown placeholder.
pub fn documents(root: &Path) -> Result<[Document; 2], Error> {
    let published = Published::read(root)?;
    let filled = |name: &str| {
        let path = format!("{FOLDER}/{name}");
        let template = published::text(root, &path, None)?;
        template::fill(&template, |figure, argument| figures::figure(&published, figure, argument))
            .map_err(|refused| Error::Template(path, refused))
    };
    let header = format!(
        "<!-- Do not edit. `{COMMAND}` writes this file from {FOLDER}/*.json and \
         {FOLDER}/RESULTS.template.md. -->\n\n"
    );
    let results = header + &filled("RESULTS.template.md")?;
    let readme = published::text(root, "README.md", None)?;
    let readme = renewed(&readme, &filled("README.template.md")?).ok_or(Error::NoBlock)?;
    let document = |path, text| Document { path, text };
    Ok([document("docs/RESULTS.md", results), document("README.md", readme)])
}

/// The README with this block, if it has one.
fn renewed(readme: &str, block: &str) -> Option<String> {
    let [begin, end] = BLOCK;
    let (before, rest) = readme.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, begin, block, end, after].concat())
}
