//! How large a body may be.

/// The largest body that is read, in bytes. Real ones are below 2 KiB.
pub const LIMIT: usize = 64 * 1024;
/// The deepest nesting that is read, the root included. Real messages have at most 5 levels.
pub const DEPTH: usize = 8;
/// The most elements and attributes that are read.
pub const FIELDS: usize = 256;
