//! Why a body was refused: one variant for each rule, with the byte at which the rule was broken.

use thiserror::Error;

use crate::limits::{DEPTH, FIELDS, ID, LIMIT};

/// Why a body was refused. The offsets are bytes from its beginning; [`ParseError::offset`] returns
/// them without a match. The errors contain no text of the body, because it comes from outside and
/// errors are logged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// More than [`LIMIT`] bytes; the value is the number.
    #[error("the body has {0} bytes, the limit is {LIMIT}")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("the body is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// Not well-formed XML, or not well-formed JSON.
    #[error("the body is not well-formed at byte {0}")]
    Malformed(usize),
    /// A document type declaration. WeChat never sends one, and attacks with entities need one.
    #[error("a DOCTYPE at byte {0} is refused")]
    DocType(usize),
    /// A processing instruction other than the XML declaration.
    #[error("a processing instruction at byte {0} is refused")]
    Instruction(usize),
    /// A declared encoding other than UTF-8.
    #[error("the declared encoding at byte {0} is not UTF-8")]
    Encoding(usize),
    /// An entity that XML does not predefine.
    #[error("an undeclared entity at byte {0}")]
    Entity(usize),
    /// The root is not `<xml>`, or there is none. In JSON: the body is not an object.
    #[error("the root at byte {0} is not <xml>")]
    WrongRoot(usize),
    /// There is something after the root.
    #[error("content behind the root at byte {0}")]
    Trailing(usize),
    /// Nested deeper than [`DEPTH`].
    #[error("more than {DEPTH} levels at byte {0}")]
    TooDeep(usize),
    /// More elements and attributes than [`FIELDS`].
    #[error("more than {FIELDS} fields at byte {0}")]
    TooMany(usize),
    /// A required field is absent or empty; the offset is the root's.
    #[error("the field <{0}> is missing or empty in the element at byte {1}")]
    Missing(&'static str, usize),
    /// A field that may occur only once occurs twice; the offset is the second one's.
    #[error("the field <{0}> is repeated at byte {1}")]
    Repeated(&'static str, usize),
    /// A number that the protocol needs is not a number.
    #[error("the field <{0}> at byte {1} is not a number")]
    NotANumber(&'static str, usize),
    /// An id of more than [`ID`] bytes; no id of WeChat's is nearly as long.
    #[error("the id <{0}> at byte {1} has more than {ID} bytes")]
    LongId(&'static str, usize),
}

impl ParseError {
    /// Where the rule was broken, in bytes from the beginning of the body.
    #[must_use]
    pub fn offset(&self) -> usize {
        match *self {
            Self::TooLarge(_) => LIMIT,
            Self::NotUtf8(at)
            | Self::Malformed(at)
            | Self::DocType(at)
            | Self::Instruction(at)
            | Self::Encoding(at)
            | Self::Entity(at)
            | Self::WrongRoot(at)
            | Self::Trailing(at)
            | Self::TooDeep(at)
            | Self::TooMany(at)
            | Self::Missing(_, at)
            | Self::Repeated(_, at)
            | Self::NotANumber(_, at)
            | Self::LongId(_, at) => at,
        }
    }
}
