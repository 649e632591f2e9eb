//! Tasks of this repository.
//!
//! * [`results`]: `docs/RESULTS.md` and the README's table, from what the benches wrote.
//! * [`pictures`]: the pictures of the documents.

pub mod pictures;
pub mod results;
