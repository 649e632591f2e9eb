//! Tasks of this repository: what is published is drawn and written by these, never by hand. Each
//! module uses only those that stand before it.
//!
//! * [`error`]: what is wrong, and what to do.
//! * [`document`]: a file that a task writes.
//! * [`filters`]: how a template shows a number.
//! * [`survivor`]: the list of mutants that no test can notice, written by hand.
//! * [`published`]: the files of the benches, read.
//! * [`terminal`]: how a terminal shows a template.
//! * [`plots`]: the plots of the results.
//! * [`results`]: `docs/RESULTS.md`, `docs/RESULTS-FULL.md` and the block of both READMEs, from what
//!   the benches wrote.
//! * [`mutants`]: small changes to the code, and whether a test notices them.
//! * [`pictures`]: the pictures of the documents that show how the code runs.

pub mod document;
pub mod error;
pub mod filters;
pub mod mutants;
pub mod pictures;
pub mod plots;
pub mod published;
pub mod results;
pub mod survivor;
pub mod terminal;
