//! A strict reader for the small XML that WeChat sends.
//!
//! A flat list of fields, which is what WeChat nearly always sends, is read in one pass. In any other
//! body quick-xml finds the tokens. It is not a validator, so this module refuses what WeChat never
//! sends. There is no recursion over the body: a body that is nested too deep only causes an error.
//! One kind of body is read although it is not well-formed, because WeChat sends it: a user's text
//! that contains `]]>`.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::cdata;
pub use crate::element::Element;
pub use crate::error::ParseError;
use crate::fields::Fields;
use crate::flat;
pub use crate::limits::{DEPTH, FIELDS, ID, LIMIT};
use crate::tree::Tree;

/// Reads `body` into its root element, `<xml>`, with every field as it was sent.
///
/// [`Message::parse`](crate::Message::parse) gives typed values. This function is for code that
/// needs the fields of another product (企业微信, 开放平台).
///
/// WeChat does not split a `]]>` inside the CDATA section of a field. It is read as a part of the
/// text if the body is flat and the end of the field (`]]></Content>`) comes only once.
///
/// # Errors
/// See [`ParseError`]; no field is required here.
pub fn parse(body: &[u8]) -> Result<Element, ParseError> {
    let mut tree = Tree::new();
    read(body, &mut tree)?;
    Ok(Fields::of(&mut tree).element())
}

/// The same for code that reads an answer as WeChat does: a body that is not well-formed is refused,
/// also when only a `]]>` inside a text makes it so.
///
/// # Errors
/// See [`ParseError`]; no field is required here.
pub fn parse_well_formed(body: &[u8]) -> Result<Element, ParseError> {
    utf8(body)?;
    let mut tree = Tree::new();
    read_tokens(body, &mut tree)?;
    Ok(Fields::of(&mut tree).element())
}

/// Checks the size and the encoding of a body in either format.
pub(crate) fn utf8(body: &[u8]) -> Result<&str, ParseError> {
    if body.len() > LIMIT {
        return Err(ParseError::TooLarge(body.len()));
    }
    str::from_utf8(body).map_err(|error| ParseError::NotUtf8(error.valid_up_to()))
}

/// Reads `body` into `tree`, which then has a root. A body of the usual form is read in one pass, any
/// other by quick-xml. A body that is not well-formed is read once more, because a user's text may
/// contain `]]>`.
pub(crate) fn read<'a>(body: &'a [u8], tree: &mut Tree<'a>) -> Result<(), ParseError> {
    if body.len() > LIMIT {
        return Err(ParseError::TooLarge(body.len()));
    }
    let text = str::from_utf8(body);
    if let Ok(text) = text {
        if flat::read(text, tree).is_some() {
            return Ok(());
        }
        tree.clear();
    }
    let Err(error) = read_tokens(body, tree) else { return Ok(()) };
    match text {
        Ok(text) => {
            tree.clear();
            flat::repair(text, tree).ok_or(error)
        }
        // quick-xml checks the encoding of each token, but does not tell where it is wrong.
        Err(invalid) if matches!(error, ParseError::Malformed(_)) => {
            Err(ParseError::NotUtf8(invalid.valid_up_to()))
        }
        Err(_) => Err(error),
    }
}

fn read_tokens<'a>(body: &'a [u8], tree: &mut Tree<'a>) -> Result<(), ParseError> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    let mark = if body.starts_with(MARK) { MARK.len() } else { 0 };
    let mut reader = Reader::from_reader(&body[mark..]);
    reader.config_mut().check_comments = true;
    let mut attributes = 0;
    loop {
        let at = mark + position(&reader);
        let outside = tree.depth() == 0;
        let ended = outside && tree.len() > 0;
        match reader.read_event().map_err(|_| ParseError::Malformed(at))? {
            Event::Start(tag) => start(tree, body, &tag, at, &mut attributes)?,
            Event::Empty(tag) => {
                start(tree, body, &tag, at, &mut attributes)?;
                tree.close();
            }
            // quick-xml has already compared its name with the open element's name.
            Event::End(_) => tree.close(),
            // The most frequent texts in a message are the line breaks between its fields.
            Event::Text(blank) if !tree.has_text() && blank.trim_ascii_start().is_empty() => {}
            Event::Text(_) | Event::CData(_) if ended => return Err(ParseError::Trailing(at)),
            Event::Text(_) | Event::CData(_) if outside => return Err(ParseError::WrongRoot(at)),
            // Text must not contain this, but quick-xml accepts it.
            Event::Text(text) if cdata::end(&text).is_some() => {
                return Err(ParseError::Malformed(at));
            }
            Event::Text(text) => tree.text(text.xml10_content()),
            Event::CData(text) => tree.text(text.xml10_content()),
            Event::GeneralRef(_) if outside => return Err(ParseError::Malformed(at)),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character,
                    Ok(None) => match &*reference {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => return Err(ParseError::Entity(at)),
                    },
                    Err(_) => return Err(ParseError::Malformed(at)),
                };
                tree.text(Cow::Owned(character.into()));
            }
            Event::Decl(declaration) => {
                if at != mark {
                    return Err(ParseError::Malformed(at));
                }
                if let Some(encoding) = declaration.encoding() {
                    let encoding = encoding.map_err(|_| ParseError::Malformed(at))?;
                    if !encoding.eq_ignore_ascii_case("utf-8") {
                        return Err(ParseError::Encoding(at));
                    }
                }
            }
            Event::DocType(_) => return Err(ParseError::DocType(at)),
            Event::PI(_) => return Err(ParseError::Instruction(at)),
            Event::Comment(_) => {}
            Event::Eof if ended => return Ok(()),
            Event::Eof if outside => return Err(ParseError::WrongRoot(at)),
            // quick-xml does not report an error if elements are still open at the end.
            Event::Eof => return Err(ParseError::Malformed(at)),
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    // The position is never above LIMIT.
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[inline]
fn start<'a>(
    tree: &mut Tree<'a>,
    body: &'a [u8],
    tag: &BytesStart<'_>,
    at: usize,
    attributes: &mut usize,
) -> Result<(), ParseError> {
    // The name is a slice of the body and not of the tag, because the tag lives for one event only.
    let length = tag.name().0.len();
    let name = body.get(at + 1..at + 1 + length).and_then(|name| str::from_utf8(name).ok());
    let name = name.ok_or(ParseError::Malformed(at))?;
    if tree.depth() == 0 {
        if tree.len() > 0 {
            return Err(ParseError::Trailing(at));
        }
        if name != "xml" {
            return Err(ParseError::WrongRoot(at));
        }
    }
    if !is_name(name) {
        return Err(ParseError::Malformed(at));
    }
    // WeChat sends no attributes. They are ignored, but they must be well-formed. They count as
    // fields, because quick-xml compares each attribute with all before it.
    if tag.len() > length {
        for attribute in tag.attributes() {
            attribute.map_err(|_| ParseError::Malformed(at))?;
            *attributes += 1;
            if *attributes > FIELDS {
                return Err(ParseError::TooMany(at));
            }
        }
    }
    tree.open(Cow::Borrowed(name), at)
}

/// The ASCII bytes that a name may contain.
const NAME: [bool; 256] = {
    let mut name = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        name[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
        byte += 1;
    }
    name
};

/// Almost the same as names in XML 1.0. It is strict enough that a name cannot contain markup.
#[inline]
fn is_name(name: &str) -> bool {
    let ascii = |byte: u8| NAME[usize::from(byte)];
    let first = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    // All real names are ASCII, and comparing bytes is faster than comparing characters.
    let other =
        |each: char| if each.is_ascii() { ascii(each as u8) } else { each.is_alphanumeric() };
    first && (name.bytes().all(ascii) || name.chars().all(other))
}

#[cfg(test)]
mod one_pass;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_well_formed_refuses_a_section_that_ends_too_early() {
        let body = b"<xml><Content><![CDATA[a]]>b]]></Content></xml>";
        assert_eq!(parse(body).map(|root| root.children[0].text.clone()), Ok("a]]>b".to_owned()));
        assert!(matches!(parse_well_formed(body), Err(ParseError::Malformed(_))));
        let split = b"<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>";
        assert_eq!(parse_well_formed(split), parse(split));
    }

    #[test]
    fn text_cdata_and_references_are_joined_and_trimmed() {
        let root = parse(b"<xml><a> <![CDATA[x<]]>&amp;&#x4f60; </a></xml>").expect("well-formed");
        assert_eq!(root.text_of("a"), Ok(Some("x<&\u{4f60}")));
    }

    #[test]
    fn the_five_entities_of_xml_are_known() {
        let root = parse(b"<xml><a>&amp;&lt;&gt;&quot;&apos;</a></xml>").expect("well-formed");
        assert_eq!(root.text_of("a"), Ok(Some("&<>\"'")));
    }

    #[test]
    fn blanks_between_two_parts_of_a_text_are_kept() {
        let root = parse(b"<xml><a> <![CDATA[x]]> <![CDATA[y]]> &amp; </a></xml>");
        assert_eq!(root.expect("well-formed").text_of("a"), Ok(Some("x y &")));
    }

    #[test]
    fn control_characters_in_cdata_are_accepted_and_left_out() {
        let root = parse(b"<xml><a><![CDATA[ \x1d x\x10y]]></a></xml>").expect("accepted");
        assert_eq!(root.text_of("a"), Ok(Some("xy")));
    }

    #[test]
    fn stray_text_beside_elements_means_nothing() {
        let root = parse(b"<xml> //note <a>//x<b>1</b>y</a> z </xml>").expect("well-formed");
        assert_eq!(root.text, "");
        assert_eq!(root.child("a").map(|a| (a.text.as_str(), a.children.len())), Some(("", 1)));
    }

    #[test]
    fn blanks_a_byte_order_mark_and_comments_may_surround_the_root() {
        for body in ["\u{feff}<xml/>", " \n<xml/>\n ", "<!-- a --><xml/><!-- b -->"] {
            assert!(parse(body.as_bytes()).is_ok(), "{body}");
        }
        let declared = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><xml><n\u{e4}me/></xml>";
        assert_eq!(parse(declared.as_bytes()).expect("well-formed").children[0].name, "n\u{e4}me");
    }

    #[test]
    fn each_deviation_is_named_with_its_offset() {
        for (body, error) in [
            ("", ParseError::WrongRoot(0)),
            ("hello", ParseError::WrongRoot(0)),
            ("{\"a\":1}", ParseError::WrongRoot(0)),
            ("<![CDATA[x]]><xml/>", ParseError::WrongRoot(0)),
            ("<html/>", ParseError::WrongRoot(0)),
            ("<XML/>", ParseError::WrongRoot(0)),
            ("<!DOCTYPE xml><xml/>", ParseError::DocType(0)),
            ("<?php 1?><xml/>", ParseError::Instruction(0)),
            ("<xml><?php 1?></xml>", ParseError::Instruction(5)),
            ("<?xml version=\"1.0\" encoding=\"gbk\"?><xml/>", ParseError::Encoding(0)),
            ("<xml/><?xml version=\"1.0\"?>", ParseError::Malformed(6)),
            ("<xml>&evil;</xml>", ParseError::Entity(5)),
            ("<xml>&#0;</xml>", ParseError::Malformed(5)),
            ("<xml>&amp</xml>", ParseError::Malformed(5)),
            ("<xml/>&amp;", ParseError::Malformed(6)),
            ("<xml/><xml/>", ParseError::Trailing(6)),
            ("<xml/>junk", ParseError::Trailing(6)),
            ("<xml/><![CDATA[]]>", ParseError::Trailing(6)),
            ("<xml><a></xml>", ParseError::Malformed(8)),
            ("<xml></xml></xml>", ParseError::Malformed(11)),
            ("<xml><a>", ParseError::Malformed(8)),
            ("<xml><1a/></xml>", ParseError::Malformed(5)),
            ("<xml><a<b/></xml>", ParseError::Malformed(5)),
            ("<xml>]]></xml>", ParseError::Malformed(5)),
            ("<xml><![CDATA[x</xml>", ParseError::Malformed(5)),
            ("<xml><!-- a -- b --></xml>", ParseError::Malformed(5)),
            ("<xml a=1/>", ParseError::Malformed(0)),
            ("<xml a='1' a='2'/>", ParseError::Malformed(0)),
        ] {
            assert_eq!(parse(body.as_bytes()), Err(error.clone()), "{body}");
            assert!(error.offset() <= body.len());
        }
        assert_eq!(parse(b"<xml>\xff</xml>"), Err(ParseError::NotUtf8(5)));
    }

    #[test]
    fn size_depth_and_number_are_limited() {
        assert_eq!(parse(&vec![b' '; LIMIT + 1]), Err(ParseError::TooLarge(LIMIT + 1)));
        let nested = |levels| {
            format!("<xml>{}{}</xml>", "<a>".repeat(levels - 1), "</a>".repeat(levels - 1))
        };
        assert!(parse(nested(DEPTH).as_bytes()).is_ok());
        let eighth = "<xml>".len() + "<a>".len() * (DEPTH - 1);
        assert_eq!(parse(nested(DEPTH + 1).as_bytes()), Err(ParseError::TooDeep(eighth)));
        let wide = |fields| format!("<xml>{}</xml>", "<a/>".repeat(fields - 1));
        assert!(parse(wide(FIELDS).as_bytes()).is_ok());
        let last = "<xml>".len() + "<a/>".len() * (FIELDS - 1);
        assert_eq!(parse(wide(FIELDS + 1).as_bytes()), Err(ParseError::TooMany(last)));
        let marked = |count: usize| {
            let attributes: String = (0..count).map(|each| format!(" a{each}=''")).collect();
            format!("<xml{attributes}/>")
        };
        assert!(parse(marked(FIELDS).as_bytes()).is_ok());
        assert_eq!(parse(marked(FIELDS + 1).as_bytes()), Err(ParseError::TooMany(0)));
    }
}
