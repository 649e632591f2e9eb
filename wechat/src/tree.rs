//! The elements of one body, before they become a value: what both data formats are read into.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use crate::error::ParseError;
use crate::xml::{DEPTH, FIELDS};

/// A body's elements in document order. They borrow from the body and lie on the stack: the array
/// holds exactly as many as a body may have, so that reading one allocates nothing.
pub(crate) struct Tree<'a> {
    nodes: ArrayVec<Node<'a>, FIELDS>,
    open: ArrayVec<usize, DEPTH>,
}

/// One element.
struct Node<'a> {
    name: Cow<'a, str>,
    /// Trimmed and clean once the element is closed; empty when it has children.
    text: Cow<'a, str>,
    /// Its first byte in the body.
    at: usize,
    /// The index behind its last descendant.
    end: usize,
    /// Already part of the value.
    taken: bool,
}

impl<'a> Tree<'a> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { nodes: ArrayVec::new(), open: ArrayVec::new() }
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
            // Text beside child elements means nothing (official samples carry `//comments`).
            self.nodes[parent].text = Cow::Borrowed("");
        }
        self.open.try_push(index).map_err(|_| ParseError::TooDeep(at))?;
        let node = Node { name, text: Cow::Borrowed(""), at, end: index + 1, taken: false };
        self.nodes.try_push(node).map_err(|_| ParseError::TooMany(at))
    }

    /// Whether text has come since the innermost open element began.
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
            // Leading blanks are trimmed anyhow; dropping them here keeps the text borrowed.
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

    /// The root's fields. There must be a root.
    pub(crate) fn root(&mut self) -> Fields<'_, 'a> {
        Fields { tree: self, index: 0 }
    }

    /// The children of `index` that `keep` wants, or that have a descendant which it wants. It calls
    /// itself at most [`DEPTH`] times.
    fn elements(&self, index: usize, keep: impl Fn(&Node<'a>) -> bool + Copy) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut child = index + 1;
        while child < self.nodes[index].end {
            let next = self.nodes[child].end;
            if self.nodes[child..next].iter().any(keep) {
                elements.push(self.element(child, keep));
            }
            child = next;
        }
        elements
    }

    fn element(&self, index: usize, keep: impl Fn(&Node<'a>) -> bool + Copy) -> Element {
        Element {
            name: self.nodes[index].name.to_string(),
            text: self.nodes[index].text.to_string(),
            children: self.elements(index, keep),
        }
    }
}

/// Real messages hold control characters (offu/WeRoBot#420): they are accepted and left out.
#[inline]
fn clean(text: &mut Cow<'_, str>) {
    let control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // A fold and no `any`: without the early end the compiler compares many bytes at once.
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

/// An element with its text and its child elements: how fields are kept that no type names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The element's name as it was sent.
    pub name: String,
    /// Its text and CDATA joined, trimmed, without control characters; empty when it has children.
    pub text: String,
    /// Its child elements in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The text of the only child of this name; `None` when there is none.
    ///
    /// # Errors
    /// When there are two. The offset is not known any more and given as 0.
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

/// The fields of one element. Taking one moves it into the value that is being built; what is left
/// at the end is what the value's type does not name.
pub(crate) struct Fields<'t, 'a> {
    tree: &'t mut Tree<'a>,
    index: usize,
}

impl<'a> Fields<'_, 'a> {
    #[inline]
    fn find(&self, name: &str, from: usize) -> Option<usize> {
        let nodes = &self.tree.nodes;
        let mut child = from;
        while child < nodes[self.index].end {
            if nodes[child].name == name && !nodes[child].taken {
                return Some(child);
            }
            child = nodes[child].end;
        }
        None
    }

    /// The index of the only child of this name.
    #[inline]
    fn only(&self, name: &'static str) -> Result<Option<usize>, ParseError> {
        let Some(index) = self.find(name, self.index + 1) else { return Ok(None) };
        match self.find(name, self.tree.nodes[index].end) {
            None => Ok(Some(index)),
            Some(second) => Err(ParseError::Repeated(name, self.tree.nodes[second].at)),
        }
    }

    #[inline]
    fn take(&mut self, index: usize) -> String {
        let node = &mut self.tree.nodes[index];
        node.taken = true;
        std::mem::take(&mut node.text).into_owned()
    }

    /// A scalar that every body of its kind has.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, ParseError> {
        let at = self.tree.nodes[self.index].at;
        self.once(name)?.ok_or(ParseError::Missing(name, at))
    }

    /// A scalar that occurs at most once; `None` when it is absent or empty.
    pub(crate) fn once(&mut self, name: &'static str) -> Result<Option<String>, ParseError> {
        let index = self.only(name)?;
        Ok(index.map(|index| self.take(index)).filter(|text| !text.is_empty()))
    }

    /// A number that occurs at most once.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<u64>, ParseError> {
        let Some(index) = self.only(name)? else { return Ok(None) };
        let node = &mut self.tree.nodes[index];
        node.taken = true;
        match &*node.text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| ParseError::NotANumber(name, node.at)),
        }
    }

    /// A number that every body of its kind has.
    pub(crate) fn required_number(&mut self, name: &'static str) -> Result<u64, ParseError> {
        let at = self.tree.nodes[self.index].at;
        self.number(name)?.ok_or(ParseError::Missing(name, at))
    }

    /// Takes the first child of this name without reading it.
    pub(crate) fn skip(&mut self, name: &str) {
        if let Some(index) = self.find(name, self.index + 1) {
            self.tree.nodes[index].taken = true;
        }
    }

    /// Refuses a second child of this name.
    pub(crate) fn forbid_second(&self, name: &'static str) -> Result<(), ParseError> {
        self.only(name).map(drop)
    }

    /// A scalar that every body of its kind has, without taking it.
    pub(crate) fn peek(&self, name: &'static str) -> Result<&str, ParseError> {
        let missing = ParseError::Missing(name, self.tree.nodes[self.index].at);
        let text = self.only(name)?.map(|index| &*self.tree.nodes[index].text);
        text.filter(|text| !text.is_empty()).ok_or(missing)
    }

    /// The text of the first child of this name; `None` when it is absent or empty. Further ones
    /// are left: only the scalars that the protocol rests on are refused when they are repeated.
    pub(crate) fn optional(&mut self, name: &str) -> Option<String> {
        let index = self.find(name, self.index + 1)?;
        Some(self.take(index)).filter(|text| !text.is_empty())
    }

    /// The same, empty when absent.
    pub(crate) fn text(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_default()
    }

    /// The first child of this name as a number. Anything else is left where it is, so that a value
    /// that WeChat one day writes otherwise is neither refused nor lost.
    pub(crate) fn lenient<N: std::str::FromStr>(&mut self, name: &str) -> Option<N> {
        let index = self.find(name, self.index + 1)?;
        let node = &mut self.tree.nodes[index];
        let number = node.text.parse().ok()?;
        node.taken = true;
        Some(number)
    }

    /// `1` or `true` in the first child of this name.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        matches!(self.optional(name).as_deref(), Some("1" | "true"))
    }

    /// The fields of the first child of this name.
    pub(crate) fn inside(&mut self, name: &str) -> Option<Fields<'_, 'a>> {
        let index = self.find(name, self.index + 1)?;
        self.tree.nodes[index].taken = true;
        Some(Fields { tree: self.tree, index })
    }

    /// Every child of this name that is not empty, read by `read`.
    pub(crate) fn each<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Fields<'_, 'a>) -> T,
    ) -> Vec<T> {
        let mut values = Vec::new();
        let mut from = self.index + 1;
        while let Some(index) = self.find(name, from) {
            from = self.tree.nodes[index].end;
            self.tree.nodes[index].taken = true;
            let node = &self.tree.nodes[index];
            if node.end > index + 1 || !node.text.is_empty() {
                values.push(read(&mut Fields { tree: self.tree, index }));
            }
        }
        values
    }

    /// A list in whichever of its forms was sent: `<list><item/>…</list>` in XML,
    /// `"list": [{…}]` or `"list": {"item": [{…}]}` in JSON.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Fields<'_, 'a>) -> T,
    ) -> Vec<T> {
        match self.inside(name) {
            Some(mut inside) if inside.find("item", inside.index + 1).is_some() => {
                inside.each("item", read)
            }
            Some(inside) => {
                let index = inside.index;
                self.tree.nodes[index].taken = false;
                self.each(name, &mut read)
            }
            None => Vec::new(),
        }
    }

    /// The element's own text.
    pub(crate) fn own(&mut self) -> String {
        self.take(self.index)
    }

    /// Every field, taken or not, but the text of those that were taken is gone.
    pub(crate) fn all(&self) -> Vec<Element> {
        self.tree.elements(self.index, |_| true)
    }

    /// The fields that were neither taken nor empty.
    pub(crate) fn rest(&self) -> Vec<Element> {
        self.tree.elements(self.index, |node| !node.taken && !node.text.is_empty())
    }

    /// The element itself.
    pub(crate) fn element(&self) -> Element {
        self.tree.element(self.index, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn tree(body: &str) -> Tree<'_> {
        let mut tree = Tree::new();
        xml::read(body.as_bytes(), &mut tree).expect("well-formed");
        tree
    }

    #[test]
    fn what_is_not_taken_is_left() {
        let mut tree = tree("<xml><a>1</a><b><c>2</c><d>3</d></b><e/></xml>");
        let mut fields = tree.root();
        assert_eq!(fields.text("a"), "1");
        assert_eq!(fields.inside("b").map(|mut b| b.text("c")), Some("2".into()));
        let [b] = &fields.rest()[..] else { panic!("{:?}", fields.rest()) };
        assert_eq!((b.children.len(), b.children[0].text.as_str()), (1, "3"));
    }

    #[test]
    fn a_lenient_number_that_is_none_is_left() {
        let mut tree = tree("<xml><n>7</n><m>x</m></xml>");
        let mut fields = tree.root();
        assert_eq!(fields.lenient::<u64>("n"), Some(7));
        assert_eq!(fields.lenient::<u64>("m"), None);
        assert_eq!(fields.rest().len(), 1);
    }

    #[test]
    fn a_list_is_read_in_each_of_its_forms() {
        for (body, expected) in [
            ("<xml><l><item><n>1</n></item><item><n>2</n></item></l></xml>", vec!["1", "2"]),
            ("<xml><l><n>1</n></l><l><n>2</n></l></xml>", vec!["1", "2"]),
            ("<xml><l><n>1</n></l></xml>", vec!["1"]),
            ("<xml><l/></xml>", vec![]),
            ("<xml/>", vec![]),
        ] {
            assert_eq!(tree(body).root().list("l", |item| item.text("n")), expected, "{body}");
        }
    }
}
