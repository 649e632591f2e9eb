//! A file that a task writes.

/// A document as it has to be.
pub struct Document {
    /// Its path in the repository.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}
