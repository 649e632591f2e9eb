//! The usual form of a body: a flat list of fields, each of which is one CDATA section or a plain
//! value. Nearly all messages have it.
//!
//! It is read in two ways. [`read`] takes a well-formed body, in one pass and without the general
//! reader. [`repair`] takes one that is not well-formed because a user typed `]]>`: WeChat puts a
//! user's text between `<![CDATA[` and `]]>` without a change, so a `]]>` in the text ends the section
//! too early (this was seen in real messages). The text really ends at the `]]>` with which WeChat
//! closes the field. It is read if it is certain which `]]>` that is.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use quick_xml::events::BytesCData;

use crate::cdata;
use crate::tree::Tree;

/// Reads `body` into `tree` if it has the usual form and is well-formed: then exactly as the general
/// reader does. `None` says nothing about the body, and `tree` is to be cleared.
pub(crate) fn read<'a>(body: &'a str, tree: &mut Tree<'a>) -> Option<()> {
    fields(body, tree, |section, name| {
        let (text, after) = section.split_at(cdata::end(section)?);
        Some((text, after_end(after.strip_prefix("]]>")?, name)?))
    })
}

/// Reads `body`, which is not well-formed, into `tree`. `None` when it does not have the usual form,
/// or when the end of a section is uncertain.
///
/// WeChat ends the section of the field `Content` with `]]></Content>`. If this comes only once in
/// the whole rest of the body, it is the true end: the text is the user's, and no part of it can be
/// taken for another field. If it comes twice, the user typed one of them or the field is repeated,
/// and the body is refused.
pub(crate) fn repair<'a>(body: &'a str, tree: &mut Tree<'a>) -> Option<()> {
    fields(body, tree, |section, name| {
        let end = format!("]]></{name}>");
        let (text, after) = section.split_once(&end)?;
        (!after.contains(&end)).then_some((text, after))
    })
}

/// Reads the list. `split` gets what follows `<![CDATA[` and the field's name. It returns the text
/// of the section and what follows the field.
fn fields<'a>(
    body: &'a str,
    tree: &mut Tree<'a>,
    split: impl Fn(&'a str, &str) -> Option<(&'a str, &'a str)>,
) -> Option<()> {
    let body = body.trim_ascii_end();
    let mut rest = body.trim_ascii_start();
    tree.open(Cow::Borrowed("xml"), body.len() - rest.len()).ok()?;
    rest = rest.strip_prefix("<xml>")?.trim_ascii_start();
    while rest != "</xml>" {
        let at = body.len() - rest.len();
        let (name, inside) = name(rest.strip_prefix('<')?)?;
        let inside = inside.strip_prefix('>')?;
        let (text, after) = match inside.strip_prefix("<![CDATA[") {
            Some(section) => split(section, name)?,
            None => {
                let (text, after) = inside.split_at(memchr(b'<', inside.as_bytes())?);
                let is_plain = memchr2(b'&', b']', text.as_bytes()).is_none();
                is_plain.then_some((text, after_end(after, name)?))?
            }
        };
        tree.open(Cow::Borrowed(name), at).ok()?;
        tree.text(BytesCData::new(text).xml10_content());
        tree.close();
        rest = after.trim_ascii_start();
    }
    tree.close();
    Some(())
}

/// The name with which `text` begins, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (name, rest) = text.split_at(text.bytes().position(|byte| !is_part(byte))?);
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    is_name.then_some((name, rest))
}

/// What follows the end tag of this name.
fn after_end<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    rest.strip_prefix("</")?.strip_prefix(name)?.strip_prefix('>')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    /// The texts of the fields, in their order.
    fn texts(fields: &str) -> Option<Vec<String>> {
        let body = format!(" <xml>{fields}</xml>\n");
        let mut tree = Tree::new();
        repair(&body, &mut tree)?;
        Some(Fields::of(&mut tree).all().into_iter().map(|field| field.text).collect())
    }

    #[test]
    fn a_text_ends_where_wechat_closes_its_field() {
        for text in ["a]]>b", "]]>", "<a><![CDATA[on]]></a>", "x]]><?php <!DOCTYPE", "</Content>"] {
            let fields = format!("<T>1</T>\n<Content><![CDATA[{text}]]></Content>\n<Id>2</Id>");
            assert_eq!(texts(&fields), Some(vec!["1".into(), text.into(), "2".into()]), "{text}");
        }
        assert_eq!(texts("<A><![CDATA[ a]]>\r\n]]\u{1}> ]]></A>"), Some(vec!["a]]>\n]]>".into()]));
    }

    #[test]
    fn a_name_begins_with_a_letter_or_an_underscore() {
        assert_eq!(texts("<_A><![CDATA[a]]>b]]></_A>"), Some(vec!["a]]>b".into()]));
        assert_eq!(texts("<A_1><![CDATA[a]]>b]]></A_1>"), Some(vec!["a]]>b".into()]));
        assert_eq!(texts("<1A><![CDATA[a]]>b]]></1A>"), None);
    }

    #[test]
    fn each_field_knows_its_offset_in_the_body() {
        let body = " <xml><A><![CDATA[a]]>b]]></A>\n<B>1</B></xml>";
        let mut tree = Tree::new();
        repair(body, &mut tree).expect("flat");
        let offsets: Vec<_> = tree.nodes.iter().map(|node| node.at).collect();
        assert_eq!(offsets, ["<xml>", "<A>", "<B>"].map(|tag| body.find(tag).expect("there")));
    }

    #[test]
    fn an_uncertain_end_is_refused() {
        for fields in [
            "<A><![CDATA[a]]></A><A><![CDATA[b]]>c]]></A>",
            "<A><![CDATA[a]]></A><B>1</B><C><![CDATA[]]></A><D><![CDATA[]]></C>]]></D>",
            "<A><![CDATA[a]]></A>]]></A>",
        ] {
            assert_eq!(texts(fields), None, "{fields}");
        }
    }

    #[test]
    fn a_body_that_is_not_flat_is_refused() {
        for fields in [
            "<A><B><![CDATA[a]]>b]]></B></A>",
            "<A> <![CDATA[a]]>b]]></A>",
            "<A a='1'><![CDATA[a]]>b]]></A>",
            "<A><![CDATA[a]]>b]]></A>text",
            "<A><![CDATA[a]]>b]]></A><!-- -->",
            "<A><![CDATA[a]]>b]]></A><B/>",
            "<A><![CDATA[a]]>b]]></A><B>]]></B>",
            "<A><![CDATA[a]]>b]]></A><B>&lt;</B>",
            "<A><![CDATA[a]]>b]]></A><1>1</1>",
            "<A><![CDATA[a]]>b]]></A><>1</>",
            "<A><![CDATA[a]]>b]]></B>",
            "<A><![CDATA[a]]>b",
        ] {
            assert_eq!(texts(fields), None, "{fields}");
        }
    }
}
