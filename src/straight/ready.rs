//! The result of an operation that cannot be waited for.

use pipeline::{Failure, Fault, Operation, Pending};

/// The result of an operation that is ready; one that is not is abandoned.
pub(crate) fn ready<T>(operation: Operation, pending: Pending<T>) -> Result<T, Failure> {
    pending.try_take().unwrap_or(Err(Failure { operation, fault: Fault::Abandoned }))
}
