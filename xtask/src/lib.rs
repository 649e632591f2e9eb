//! Tasks of this repository.
//!
//! * [`results`]: `docs/RESULTS.md` and the README's table, from what the benches wrote.

pub mod results;
