//! The elements of one body. Both data formats are read into this form before a value is made of
//! it.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use crate::error::ParseError;
use crate::limits::{DEPTH, FIELDS};

/// A body's elements in document order. They borrow from the body and are on the stack. The array
/// has room for exactly as many elements as a body may have, so reading a body allocates nothing.
pub(crate) struct Tree<'a> {
    pub(crate) nodes: ArrayVec<Node<'a>, FIELDS>,
    open: ArrayVec<usize, DEPTH>,
}

/// One element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    pub(crate) name: Cow<'a, str>,
    /// The text. When the element is closed, it is trimmed and its control characters are removed.
    /// Empty if the element has children.
    pub(crate) text: Cow<'a, str>,
    /// The offset of its first byte in the body.
    pub(crate) at: usize,
    /// The index after its last descendant.
    pub(crate) end: usize,
    /// Whether it is already part of the value.
    pub(crate) taken: bool,
}

impl<'a> Tree<'a> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { nodes: ArrayVec::new(), open: ArrayVec::new() }
    }

    /// Removes all elements, for another reading.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.open.clear();
    }

    /// How many elements there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many elements are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Begins an element inside the innermost open one.
    #[inline]
    pub(crate) fn open(&mut self, name: Cow<'a, str>, at: usize) -> Result<(), ParseError> {
        let index = self.nodes.len();
        if let Some(&parent) = self.open.last() {
            // Text next to child elements is ignored (official samples contain `//comments`).
            self.nodes[parent].text = Cow::Borrowed("");
        }
        self.open.try_push(index).map_err(|_| ParseError::TooDeep(at))?;
        let node = Node { name, text: Cow::Borrowed(""), at, end: index + 1, taken: false };
        self.nodes.try_push(node).map_err(|_| ParseError::TooMany(at))
    }

    /// Whether there was text since the innermost open element began.
    #[inline]
    pub(crate) fn has_text(&self) -> bool {
        match (self.open.last(), self.nodes.last()) {
            (Some(&index), Some(node)) => index + 1 == self.nodes.len() && !node.text.is_empty(),
            _ => false,
        }
    }

    /// Adds text to the innermost open element.
    #[inline]
    pub(crate) fn text(&mut self, text: Cow<'a, str>) {
        if let Some(&index) = self.open.last()
            && index + 1 == self.nodes.len()
        {
            let node = &mut self.nodes[index];
            // Leading blanks are trimmed anyway. Dropping them here keeps the text borrowed.
            if node.text.trim_ascii_start().is_empty() {
                node.text = text;
            } else if !text.is_empty() {
                node.text.to_mut().push_str(&text);
            }
        }
    }

    /// Ends the innermost open element.
    #[inline]
    pub(crate) fn close(&mut self) {
        if let Some(index) = self.open.pop() {
            let end = self.nodes.len();
            let node = &mut self.nodes[index];
            node.end = end;
            clean(&mut node.text);
        }
    }
}

/// Real messages contain control characters (offu/WeRoBot#420). They are accepted and removed.
#[inline]
fn clean(text: &mut Cow<'_, str>) {
    let control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // This is a `fold` and not an `any`: it never stops early, so the compiler can compare many
    // bytes at once.
    if text.bytes().fold(false, |found, byte| found | control(byte)) {
        text.to_mut().retain(|each| !each.is_ascii() || !control(each as u8));
    }
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    if ends.iter().all(|end| end.is_none_or(u8::is_ascii_graphic)) {
        return;
    }
    match text {
        Cow::Borrowed(text) => *text = text.trim(),
        Cow::Owned(text) => {
            text.truncate(text.trim_end().len());
            text.drain(..text.len() - text.trim_start().len());
        }
    }
}
