//! What the benches write and `cargo xtask results` publishes: one struct for each result, so that
//! who writes it and who reads it cannot differ.
//!
//! The names in the files are the names of the fields, or stand beside them. A field that is
//! missing, or that nobody knows, is an error.
//!
//! * [`shape`]: what all results have in common.
//! * [`fence`]: the committed counts.
//! * [`compare`]: the styles against each other.
//! * [`peers`]: nine empty layers in the styles and in what one would use instead.
//! * [`users`]: how much memory users take.
//! * [`runtimes`]: the styles on runtimes.
//! * [`http`]: the servers under load.
//! * [`source`]: what the source takes, and what it costs to build it.
//! * [`forgotten`]: who notices an error that is forgotten.

pub mod compare;
pub mod fence;
pub mod forgotten;
pub mod http;
pub mod peers;
pub mod runtimes;
pub mod shape;
pub mod source;
pub mod users;

pub use compare::Compare;
pub use fence::Fence;
pub use forgotten::Forgotten;
pub use http::Http;
pub use peers::{Peers, PeersAllocations};
pub use runtimes::Runtimes;
pub use shape::Results;
pub use source::Source;
pub use users::Users;
