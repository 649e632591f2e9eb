//! Why there are no documents.

use std::error::Error as _;
use std::io;

use thiserror::Error;

/// What renews all documents.
pub const COMMAND: &str = "cargo xtask results";

/// Where the files and the templates are.
pub const FOLDER: &str = "docs/results";

/// Between which lines the block of a document stands that is otherwise written by hand.
pub const BLOCK: [&str; 2] = ["<!-- results -->\n", "<!-- /results -->"];

/// What is wrong, and what to do.
#[derive(Debug, Error)]
pub enum Error {
    /// A file that is written by hand, or by this program.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A file that a command would make.
    #[error("{file}: {why}; `{command}` makes it, `{COMMAND}` publishes it")]
    Missing {
        /// Its path.
        file: String,
        /// What the system says.
        why: io::Error,
        /// What makes it.
        command: &'static str,
    },
    /// A file that holds something else than is needed.
    #[error(
        "{file} cannot be published: {why}; `{command}` makes it anew, `{COMMAND}` publishes it"
    )]
    Shape {
        /// Its path.
        file: String,
        /// What is wrong with it.
        why: String,
        /// What makes it.
        command: &'static str,
    },
    /// A template that asks for what is not there.
    #[error("{FOLDER}: {}", innermost(.0))]
    Template(#[from] minijinja::Error),
    /// A list that is written by hand.
    #[error("{0}: {1}")]
    List(String, toml::de::Error),
    /// Another program that has failed.
    #[error("{program}: {why}")]
    Program {
        /// The program.
        program: String,
        /// What is wrong.
        why: String,
    },
    /// Changes that no commit has.
    #[error("the figures name a commit, so commit these changes first:\n{0}")]
    Uncommitted(String),
    /// A document that has a block.
    #[error("{} has no `{}` with an `{}` behind it", .0, BLOCK[0].trim(), BLOCK[1])]
    NoBlock(&'static str),
}

/// The mistake itself: of one in a part, the template around it knows no more than that there is.
fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let inner = error.source().and_then(|source| source.downcast_ref());
    inner.map_or(error, innermost)
}
