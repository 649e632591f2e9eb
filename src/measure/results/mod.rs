//! What the benches write and `cargo xtask results` publishes: one struct for each result, so that
//! who writes it and who reads it cannot differ.
//!
//! The names in the files are the names of the fields, or stand beside them. A field that is
//! missing, or that nobody knows, is an error.

pub mod compare;
pub mod fence;
pub mod forgotten;
pub mod http;
pub mod peers;
pub mod runtimes;
pub mod source;
pub mod users;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

pub use compare::Compare;
pub use fence::Fence;
pub use forgotten::Forgotten;
pub use http::Http;
pub use peers::{Peers, PeersAllocations};
pub use runtimes::Runtimes;
pub use source::Source;
pub use users::Users;

/// What a bench measures.
pub trait Results: Serialize + DeserializeOwned {
    /// The name of its file, without `.json`.
    const NAME: &'static str;
    /// What measures it as it is published.
    const COMMAND: &'static str;
}

/// A field that may be `null`, but may not be missing.
pub(super) fn told<'de, Source, Value>(source: Source) -> Result<Option<Value>, Source::Error>
where
    Source: Deserializer<'de>,
    Value: Deserialize<'de>,
{
    Option::deserialize(source)
}
