//! What all results have in common.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// The results of a bench.
pub trait Results: Serialize + DeserializeOwned {
    /// The name of its file, without `.json`.
    const NAME: &'static str;
    /// The command that measures what is published.
    const COMMAND: &'static str;
}

/// A field that may be `null`, but may not be missing.
pub(crate) fn told<'de, Source, Value>(source: Source) -> Result<Option<Value>, Source::Error>
where
    Source: Deserializer<'de>,
    Value: Deserialize<'de>,
{
    Option::deserialize(source)
}
