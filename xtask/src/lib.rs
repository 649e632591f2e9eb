//! Tasks of this repository.
//!
//! * [`results`]: `docs/RESULTS.md`, `docs/RESULTS-FULL.md` and the block of both READMEs, from what
//!   the benches wrote.
//! * [`plots`]: the plots in them.
//! * [`pictures`]: the pictures of the documents that show how the code runs.

pub mod pictures;
pub mod plots;
pub mod results;
