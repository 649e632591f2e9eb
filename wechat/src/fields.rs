//! The fields of one element, and how a value is made of them.

use std::borrow::Cow;

use arrayvec::ArrayString;
use sha1::{Digest, Sha1};

use crate::element::Element;
use crate::error::ParseError;
use crate::limits::ID;
use crate::tree::{Node, Tree};

/// The fields of one element. Taking a field moves it into the value that is being built. The
/// fields that are left at the end are those that the value's type has no place for.
pub(crate) struct Fields<'t, 'a> {
    tree: &'t mut Tree<'a>,
    index: usize,
}

impl<'t, 'a> Fields<'t, 'a> {
    /// The root's fields. There must be a root.
    pub(crate) fn of(tree: &'t mut Tree<'a>) -> Self {
        Self { tree, index: 0 }
    }
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

    /// The index of a child that every body of its kind must have, and that is not empty.
    #[inline]
    fn needed(&self, name: &'static str) -> Result<usize, ParseError> {
        let nodes = &self.tree.nodes;
        let index = self.only(name)?.filter(|index| !nodes[*index].text.is_empty());
        index.ok_or(ParseError::Missing(name, nodes[self.index].at))
    }

    #[inline]
    fn take(&mut self, index: usize) -> Cow<'a, str> {
        let node = &mut self.tree.nodes[index];
        node.taken = true;
        std::mem::take(&mut node.text)
    }

    /// A scalar that every body of its kind must have.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, ParseError> {
        let index = self.needed(name)?;
        Ok(self.take(index).into_owned())
    }

    /// A scalar that occurs at most once; `None` when it is absent or empty.
    pub(crate) fn once(&mut self, name: &'static str) -> Result<Option<Cow<'a, str>>, ParseError> {
        let index = self.only(name)?;
        Ok(index.map(|index| self.take(index)).filter(|text| !text.is_empty()))
    }

    /// An id that every message must have.
    pub(crate) fn required_id(&mut self, name: &'static str) -> Result<String, ParseError> {
        let index = self.needed(name)?;
        self.take_id(name, index).map(Cow::into_owned)
    }

    /// An id that occurs at most once; `None` when it is absent or empty.
    pub(crate) fn id(&mut self, name: &'static str) -> Result<Option<Cow<'a, str>>, ParseError> {
        let Some(index) = self.only(name)? else { return Ok(None) };
        self.take_id(name, index).map(|id| Some(id).filter(|id| !id.is_empty()))
    }

    fn take_id(&mut self, name: &'static str, index: usize) -> Result<Cow<'a, str>, ParseError> {
        let Node { text, at, .. } = &self.tree.nodes[index];
        if text.len() > ID {
            return Err(ParseError::LongId(name, *at));
        }
        Ok(self.take(index))
    }

    /// A number that every body of its kind must have.
    pub(crate) fn required_number(&mut self, name: &'static str) -> Result<u64, ParseError> {
        let index = self.needed(name)?;
        let at = self.tree.nodes[index].at;
        self.take(index).parse().map_err(|_| ParseError::NotANumber(name, at))
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

    /// A scalar that every body of its kind must have. It is not taken.
    pub(crate) fn peek(&self, name: &'static str) -> Result<&str, ParseError> {
        self.needed(name).map(|index| &*self.tree.nodes[index].text)
    }

    /// The same in lower case and without an allocation, because WeChat varies the case of
    /// `MsgType` and `Event`. A text that is longer than all known names becomes empty, and so
    /// matches none of them.
    pub(crate) fn lower(&self, name: &'static str) -> Result<ArrayString<64>, ParseError> {
        let mut lower = ArrayString::from(self.peek(name)?).unwrap_or_default();
        lower.make_ascii_lowercase();
        Ok(lower)
    }

    /// The text of the first child of this name; `None` when it is absent or empty. More children
    /// of this name are left: repetition is refused only for the scalars that the protocol needs.
    pub(crate) fn optional(&mut self, name: &str) -> Option<String> {
        let index = self.find(name, self.index + 1)?;
        Some(self.take(index).into_owned()).filter(|text| !text.is_empty())
    }

    /// The same, empty when absent.
    pub(crate) fn text(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_default()
    }

    /// The first child of this name as a number. If it is not a number, it is left where it is. So
    /// if WeChat changes the form of a value one day, it is neither refused nor lost.
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
        Some(Fields { tree: self.tree, index })
    }

    /// Reads a list, in any of its forms, with `read`. `path` names the wrappers and the items. If
    /// a wrapper or an item occurs several times, each one is read.
    ///
    /// The form is `<list><item/>…</list>` in XML, and `"list": [{…}]` or `"list": {"item": [{…}]}`
    /// in JSON. Real photo events had several wrappers with one item in each.
    pub(crate) fn list<T>(
        &mut self,
        path: &[&str],
        mut read: impl FnMut(&mut Fields<'_, 'a>) -> T,
    ) -> Vec<T> {
        let mut values = Vec::new();
        self.walk(path, &mut |fields| values.push(read(fields)));
        values
    }

    /// Calls itself once for each name of `path`.
    fn walk(&mut self, path: &[&str], visit: &mut impl FnMut(&mut Fields<'_, 'a>)) {
        match path {
            [name, rest @ ..] => self.each(name, &mut |child| child.walk(rest, visit)),
            [] if self.find("item", self.index + 1).is_some() => self.each("item", visit),
            [] => visit(self),
        }
    }

    /// Visits every child of this name that is not empty.
    fn each(&mut self, name: &str, visit: &mut impl FnMut(&mut Fields<'_, 'a>)) {
        let mut from = self.index + 1;
        while let Some(index) = self.find(name, from) {
            let node = &self.tree.nodes[index];
            from = node.end;
            if node.end > index + 1 || !node.text.is_empty() {
                visit(&mut Fields { tree: self.tree, index });
            }
        }
    }

    /// The element's own text.
    pub(crate) fn own(&mut self) -> String {
        self.take(self.index).into_owned()
    }

    /// SHA-1 over all fields that were not taken yet: names, nesting and texts in their order. The
    /// lengths of a field come before it, so a part of one field cannot be read as a part of the
    /// next.
    pub(crate) fn digest(&self) -> [u8; 20] {
        let mut sha = Sha1::new();
        for index in self.index + 1..self.tree.nodes[self.index].end {
            let node = &self.tree.nodes[index];
            for length in [node.end - index, node.name.len(), node.text.len()] {
                sha.update(length.to_le_bytes());
            }
            sha.update(node.name.as_bytes());
            sha.update(node.text.as_bytes());
        }
        sha.finalize().into()
    }

    /// All fields, also those that were taken; but the text of a taken field is gone.
    pub(crate) fn all(&self) -> Vec<Element> {
        self.elements(self.index, |_| true)
    }

    /// The fields that were not taken and are not empty.
    pub(crate) fn rest(&self) -> Vec<Element> {
        self.elements(self.index, |node| !node.taken && !node.text.is_empty())
    }

    /// The element itself.
    pub(crate) fn element(&self) -> Element {
        self.element_at(self.index, |_| true)
    }

    /// The children of `index` that `keep` accepts, or that have a descendant that it accepts. The
    /// recursion is at most as deep as a body.
    fn elements(&self, index: usize, keep: impl Fn(&Node<'a>) -> bool + Copy) -> Vec<Element> {
        let nodes = &self.tree.nodes;
        let mut elements = Vec::new();
        let mut child = index + 1;
        while child < nodes[index].end {
            let next = nodes[child].end;
            if nodes[child..next].iter().any(keep) {
                elements.push(self.element_at(child, keep));
            }
            child = next;
        }
        elements
    }

    fn element_at(&self, index: usize, keep: impl Fn(&Node<'a>) -> bool + Copy) -> Element {
        let Node { name, text, .. } = &self.tree.nodes[index];
        let children = self.elements(index, keep);
        Element { name: name.to_string(), text: text.to_string(), children }
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
        let mut fields = Fields::of(&mut tree);
        assert_eq!(fields.text("a"), "1");
        assert_eq!(fields.inside("b").map(|mut b| b.text("c")), Some("2".into()));
        let [b] = &fields.rest()[..] else { panic!("{:?}", fields.rest()) };
        assert_eq!((b.children.len(), b.children[0].text.as_str()), (1, "3"));
    }

    #[test]
    fn a_lenient_number_that_is_none_is_left() {
        let mut tree = tree("<xml><n>7</n><m>x</m></xml>");
        let mut fields = Fields::of(&mut tree);
        assert_eq!(fields.lenient::<u64>("n"), Some(7));
        assert_eq!(fields.lenient::<u64>("m"), None);
        assert_eq!(fields.rest().len(), 1);
    }

    #[test]
    fn a_list_is_read_in_each_of_its_forms_and_of_each_of_its_wrappers() {
        for (body, expected) in [
            ("<w><l><item><n>1</n></item><item><n>2</n></item></l></w>", vec!["1", "2"]),
            ("<w><l><n>1</n></l><l><n>2</n></l></w>", vec!["1", "2"]),
            ("<w><l><n>1</n></l></w>", vec!["1"]),
            ("<w><l><item><n>1</n></item></l><l/><l><item><n>2</n></item></l></w>", vec!["1", "2"]),
            ("<w><l><item><n>1</n></item></l></w><w><l><n>2</n></l></w>", vec!["1", "2"]),
            ("<w><l/></w>", vec![]),
            ("<w/>", vec![]),
            ("", vec![]),
        ] {
            let body = format!("<xml>{body}</xml>");
            let mut tree = tree(&body);
            let mut fields = Fields::of(&mut tree);
            assert_eq!(fields.list(&["w", "l"], |item| item.text("n")), expected, "{body}");
            assert_eq!(fields.rest(), [], "{body}");
        }
    }

    #[test]
    fn a_digest_tells_names_nesting_texts_and_their_order() {
        let bodies = [
            "<xml/>",
            "<xml><a/></xml>",
            "<xml><a/><b/></xml>",
            "<xml><b/><a/></xml>",
            "<xml><a><b/></a></xml>",
            "<xml><ab/></xml>",
            "<xml><a>b</a></xml>",
            "<xml><a>1</a><b>2</b></xml>",
            "<xml><a>12</a><b></b></xml>",
            "<xml><a></a><b>12</b></xml>",
            "<xml><a>2</a><b>1</b></xml>",
        ];
        let digests = bodies.map(|body| Fields::of(&mut tree(body)).digest());
        for (index, digest) in digests.iter().enumerate() {
            assert!(!digests[..index].contains(digest), "{}", bodies[index]);
        }
        let spaced = Fields::of(&mut tree("<xml> <a><![CDATA[b ]]></a>\n</xml>")).digest();
        assert_eq!(spaced, digests[6]);
    }
}
