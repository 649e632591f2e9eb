//! What a service answered, read by the units that ask services.

use serde::de::DeserializeOwned;

use crate::call::Called;
use crate::operation::Failure;

/// The JSON of an answer with status 200. `None` when the call failed, for another status, and for
/// a body that is not what the service documents: a unit treats all three alike.
pub(super) fn read<T: DeserializeOwned>(called: Result<Called, Failure>) -> Option<T> {
    let called = called.ok().filter(|called| called.status == 200)?;
    serde_json::from_slice(&called.body).ok()
}
