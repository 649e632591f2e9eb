//! A field in the form in which it was sent, for fields that no type has a place for.

use crate::error::ParseError;

/// An element with its text and its child elements. Fields that no type has a place for are kept in
/// this form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The element's name as it was sent.
    pub name: String,
    /// Its text and CDATA joined, trimmed, without control characters. Empty if it has children.
    pub text: String,
    /// Its child elements in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The text of the only child of this name; `None` when there is none.
    ///
    /// # Errors
    /// When there are two. The offset is given as 0, because it is no longer known.
    pub fn text_of(&self, name: &'static str) -> Result<Option<&str>, ParseError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        match (found.next(), found.next()) {
            (Some(child), None) => Ok(Some(&child.text)),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(ParseError::Repeated(name, 0)),
        }
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}
