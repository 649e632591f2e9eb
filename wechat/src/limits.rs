//! How large a body may be.

/// The largest body that is read, in bytes. Real ones are below 2 KiB.
pub const LIMIT: usize = 64 * 1024;
/// The deepest nesting that is read, the root included. Real messages have at most 5 levels.
pub const DEPTH: usize = 8;
/// The most elements and attributes that are read.
pub const FIELDS: usize = 256;
/// The longest `ToUserName`, `FromUserName` or `MsgId`, in bytes. An OpenID has 28, an original id
/// 15, a `MsgId` at most 20, and a WeCom one 28; hosts keep them.
pub const ID: usize = 64;
