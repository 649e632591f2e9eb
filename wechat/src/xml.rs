//! A strict reader for the small XML that WeChat sends.
//!
//! quick-xml finds the tokens; it is no validator, so what WeChat never sends is refused here. There
//! is no recursion: a hostile depth costs nothing but an error.

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use thiserror::Error;

/// The largest body that is read, in bytes. Real ones are below 2 KiB.
pub const LIMIT: usize = 64 * 1024;
/// The deepest nesting that is read, the root included. Real messages have at most 5 levels.
pub const DEPTH: usize = 8;
/// The most elements that are read.
pub const FIELDS: usize = 256;

/// Why a body was refused. Offsets are bytes from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// More than [`LIMIT`] bytes.
    #[error("the body has {0} bytes, the limit is {LIMIT}")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("the body is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// Not well-formed XML.
    #[error("the body is not well-formed XML at byte {0}")]
    Malformed(usize),
    /// A document type declaration: never sent by WeChat, and the door to entity attacks.
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
    /// The root is not `<xml>`, or there is none.
    #[error("the root at byte {0} is not <xml>")]
    WrongRoot(usize),
    /// Something stands behind the root.
    #[error("content behind the root at byte {0}")]
    Trailing(usize),
    /// Deeper than [`DEPTH`].
    #[error("more than {DEPTH} levels at byte {0}")]
    TooDeep(usize),
    /// More elements than [`FIELDS`].
    #[error("more than {FIELDS} fields at byte {0}")]
    TooMany(usize),
    /// A required field is absent or empty.
    #[error("the field <{0}> is missing or empty")]
    Missing(&'static str),
    /// A field that occurs once by its nature is there twice.
    #[error("the field <{0}> is repeated")]
    Repeated(&'static str),
    /// A number is not a number.
    #[error("the field <{0}> is not a number")]
    NotANumber(&'static str),
}

/// One element with its text and its child elements.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The element's name as it was sent.
    pub name: String,
    /// Its text and CDATA joined, trimmed, without control characters.
    pub text: String,
    /// Its child elements in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The text of the only child of this name; `None` when there is none.
    ///
    /// # Errors
    /// When there are two.
    pub fn text_of(&self, name: &'static str) -> Result<Option<&str>, ParseError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        match (found.next(), found.next()) {
            (Some(child), None) => Ok(Some(&child.text)),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(ParseError::Repeated(name)),
        }
    }
}

/// Reads `body` into its root element, `<xml>`.
///
/// # Errors
/// See [`ParseError`].
pub fn parse(body: &[u8]) -> Result<Element, ParseError> {
    if body.len() > LIMIT {
        return Err(ParseError::TooLarge(body.len()));
    }
    let text = str::from_utf8(body).map_err(|error| ParseError::NotUtf8(error.valid_up_to()))?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut fields = 0;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|_| ParseError::Malformed(at))?;
        let closes = matches!(event, Event::Empty(_) | Event::End(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name();
                let name: &str = name.as_ref();
                if root.is_some() {
                    return Err(ParseError::Trailing(at));
                }
                if open.is_empty() && name != "xml" {
                    return Err(ParseError::WrongRoot(at));
                }
                if !is_name(name) {
                    return Err(ParseError::Malformed(at));
                }
                if open.len() == DEPTH {
                    return Err(ParseError::TooDeep(at));
                }
                fields += 1;
                if fields > FIELDS {
                    return Err(ParseError::TooMany(at));
                }
                open.push(Element { name: name.to_owned(), ..Element::default() });
            }
            Event::End(_) => {}
            Event::Text(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text.xml10_content()),
                None if text.trim_ascii().is_empty() => {}
                None if root.is_some() => return Err(ParseError::Trailing(at)),
                None => return Err(ParseError::WrongRoot(at)),
            },
            Event::CData(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text.xml10_content()),
                None if root.is_some() => return Err(ParseError::Trailing(at)),
                None => return Err(ParseError::WrongRoot(at)),
            },
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(resolved)) => resolved,
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
                match open.last_mut() {
                    Some(element) => element.text.push(resolved),
                    None => return Err(ParseError::Malformed(at)),
                }
            }
            Event::Decl(declaration) => {
                if at != 0 {
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
            // quick-xml ends without an error when elements are still open.
            Event::Eof if open.is_empty() => return root.ok_or(ParseError::WrongRoot(at)),
            Event::Eof => return Err(ParseError::Malformed(at)),
        }
        if closes && let Some(mut element) = open.pop() {
            clean(&mut element.text);
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => root = Some(element),
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|each| each.is_alphanumeric() || "_-.:".contains(each))
}

/// Real messages hold control characters (offu/WeRoBot#420): they are accepted and left out.
fn clean(text: &mut String) {
    if text.bytes().any(|byte| byte < 0x20 && !b"\t\n\r".contains(&byte)) {
        text.retain(|each| each >= ' ' || "\t\n\r".contains(each));
    }
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cdata_and_references_are_joined_and_trimmed() {
        let root = parse(b"<xml><a> <![CDATA[x<]]>&amp;&#x4f60; </a></xml>").expect("well-formed");
        assert_eq!(root.text_of("a"), Ok(Some("x<&\u{4f60}")));
    }

    #[test]
    fn control_characters_in_cdata_are_accepted_and_left_out() {
        let root = parse(b"<xml><a><![CDATA[x\x1d\x10y]]></a></xml>").expect("accepted");
        assert_eq!(root.text_of("a"), Ok(Some("xy")));
    }

    #[test]
    fn each_deviation_is_named_with_its_offset() {
        for (body, error) in [
            ("", ParseError::WrongRoot(0)),
            ("hello", ParseError::WrongRoot(0)),
            ("<html/>", ParseError::WrongRoot(0)),
            ("<!DOCTYPE xml><xml/>", ParseError::DocType(0)),
            ("<?php 1?><xml/>", ParseError::Instruction(0)),
            ("<?xml version=\"1.0\" encoding=\"gbk\"?><xml/>", ParseError::Encoding(0)),
            ("<xml>&evil;</xml>", ParseError::Entity(5)),
            ("<xml/><xml/>", ParseError::Trailing(6)),
            ("<xml/>junk", ParseError::Trailing(6)),
            ("<xml><a></xml>", ParseError::Malformed(8)),
            ("<xml><a>", ParseError::Malformed(8)),
            ("<xml><1a/></xml>", ParseError::Malformed(5)),
        ] {
            assert_eq!(parse(body.as_bytes()), Err(error), "{body}");
        }
        assert_eq!(parse(b"<xml>\xff</xml>"), Err(ParseError::NotUtf8(5)));
        assert_eq!(parse(&vec![b' '; LIMIT + 1]), Err(ParseError::TooLarge(LIMIT + 1)));
        let deep = format!("<xml>{}", "<a>".repeat(10_000));
        assert_eq!(parse(deep.as_bytes()), Err(ParseError::TooDeep(5 + 3 * 7)));
        let wide = format!("<xml>{}</xml>", "<a/>".repeat(FIELDS));
        assert_eq!(parse(wide.as_bytes()), Err(ParseError::TooMany(5 + 4 * (FIELDS - 1))));
    }
}
