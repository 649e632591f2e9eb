//! The results that the benches write and `cargo xtask results` publishes. There is one struct for
//! each result. The bench that writes it and the program that reads it use the same struct, so they
//! cannot differ.
//!
//! The names in the files are the names of the fields, or are given next to them. A field that is
//! missing or unknown is an error.
//!
//! * [`shape`]: what all results have in common.
//! * [`fence`]: the committed counts of allocations and instructions.
//! * [`compare`]: the styles against each other.
//! * [`peers`]: nine empty layers in the styles and in other ways that one would use in Rust.
//! * [`users`]: how much memory users take.
//! * [`runtimes`]: the styles on runtimes.
//! * [`http`]: the servers under load.
//! * [`exam`]: who keeps which rules of the exam.
//! * [`source`]: how much source there is, and what it costs to build it.
//! * [`forgotten`]: what notices a forgotten error.
//! * [`proof`]: how much the kit has played.
//! * [`torture`]: what the server withstood.
//! * [`mutants`]: what the tests notice of small changes to the code.

pub mod compare;
pub mod exam;
pub mod fence;
pub mod forgotten;
pub mod http;
pub mod mutants;
pub mod peers;
pub mod proof;
pub mod runtimes;
pub mod shape;
pub mod source;
pub mod torture;
pub mod users;

pub use compare::Compare;
pub use exam::Exam;
pub use fence::Fence;
pub use forgotten::Forgotten;
pub use http::Http;
pub use mutants::Mutants;
pub use peers::{Peers, PeersAllocations};
pub use proof::Proof;
pub use runtimes::Runtimes;
pub use shape::Results;
pub use source::Source;
pub use torture::Torture;
pub use users::Users;
