//! The operations that wait, by name, and how one fails.

use std::fmt;

use thiserror::Error as ThisError;

/// The names of the operations that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// [`Host::account`](crate::Host::account)
    Account,
    /// [`Host::begin`](crate::Host::begin)
    Begin,
    /// [`Host::commit`](crate::Host::commit)
    Commit,
    /// [`Host::abort`](crate::Host::abort)
    Abort,
    /// [`Host::sleep`](crate::Host::sleep)
    Sleep,
    /// [`Host::call`](crate::Host::call)
    Call,
    /// [`Host::ticket`](crate::Host::ticket)
    Ticket,
    /// [`Host::replace`](crate::Host::replace)
    Replace,
    /// [`Host::find`](crate::Host::find)
    Find,
    /// [`Host::create`](crate::Host::create)
    Create,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Account => "account",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Abort => "abort",
            Self::Sleep => "sleep",
            Self::Call => "call",
            Self::Ticket => "ticket",
            Self::Replace => "replace",
            Self::Find => "find",
            Self::Create => "create",
        })
    }
}

/// An operation of the host that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
#[error("the operation `{operation}` failed: {fault}")]
pub struct Failure {
    /// Which operation.
    pub operation: Operation,
    /// How it failed.
    pub fault: Fault,
}

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ThisError)]
pub enum Fault {
    /// It may work the next time.
    #[error("for now")]
    Transient,
    /// It will not work the next time either.
    #[error("for good")]
    Permanent,
    /// The host dropped it without an answer.
    #[error("abandoned")]
    Abandoned,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_operation() {
        let failure = Failure { operation: Operation::Commit, fault: Fault::Transient };
        assert_eq!(failure.to_string(), "the operation `commit` failed: for now");
    }
}
