//! The second data format: JSON with the same fields and names (消息推送, 数据格式).
//!
//! An array is a field that occurs several times. A number, `true` and `false` become texts, so
//! that both formats give the same value. The limits are those of [`xml`].

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::element::Element;
use crate::error::ParseError;
use crate::fields::Fields;
use crate::tree::Tree;
use crate::xml;

/// Reads `body` into a root element named `xml`, with every field as it was sent.
///
/// # Errors
/// See [`ParseError`]; no field is required here.
pub fn parse(body: &[u8]) -> Result<Element, ParseError> {
    let mut tree = Tree::new();
    read(body, &mut tree)?;
    Ok(Fields::of(&mut tree).element())
}

/// Reads `body` into `tree`, which then has a root.
pub(crate) fn read<'a>(body: &'a [u8], tree: &mut Tree<'a>) -> Result<(), ParseError> {
    let text = xml::utf8(body)?;
    let start = text.len() - text.trim_ascii_start().len();
    if !text[start..].starts_with('{') {
        return Err(ParseError::WrongRoot(start));
    }
    Reader { text, tree }.value(Cow::Borrowed("xml"), text)
}

/// Each level is first cut into raw values, and each raw value is then read separately. serde_json
/// skips a raw value without recursion. So this code limits the depth itself, and knows the offset
/// of every error.
struct Reader<'t, 'a> {
    text: &'a str,
    tree: &'t mut Tree<'a>,
}

impl<'a> Reader<'_, 'a> {
    /// Where `part`, which is a slice of the body, begins.
    fn at(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn cut<T: Deserialize<'a>>(&self, value: &'a str) -> Result<T, ParseError> {
        serde_json::from_str(value).map_err(|error| {
            // serde_json counts lines and columns from 1.
            let before = value.split_inclusive('\n').take(error.line().saturating_sub(1));
            let at = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            ParseError::Malformed(self.at(value) + at.min(value.len()))
        })
    }

    fn value(&mut self, name: Cow<'a, str>, value: &'a str) -> Result<(), ParseError> {
        let value = value.trim_ascii();
        let at = self.at(value);
        if value.starts_with('[') {
            let items: Vec<&'a RawValue> = self.cut(value)?;
            if !items.is_empty() {
                return items.into_iter().try_for_each(|item| match item.get() {
                    // XML has no list inside a list, so the inner list gets an element of its own.
                    nested if nested.starts_with('[') => {
                        self.tree.open(name.clone(), self.at(nested))?;
                        self.value(Cow::Borrowed("item"), nested)?;
                        self.tree.close();
                        Ok(())
                    }
                    item => self.value(name.clone(), item),
                });
            }
        }
        self.tree.open(name, at)?;
        match value.as_bytes().first() {
            Some(b'{') => {
                let Object(entries) = self.cut(value)?;
                for (name, value) in entries {
                    self.value(name, value.get())?;
                }
            }
            Some(b'"') => {
                let Text(text) = self.cut(value)?;
                self.tree.text(text);
            }
            Some(b'[' | b'n') => {}
            _ => self.tree.text(Cow::Borrowed(value)),
        }
        self.tree.close();
        Ok(())
    }
}

/// The entries of an object in their order. A map would hide a repeated name.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    entries.push((name, value));
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A string. It is borrowed if it has no escapes. (serde's own `Cow` is always owned.)
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_give_the_same_elements() {
        let json = br#" {"a": 7, "b": [{"c": "x\u4f60"}, {"c": 1.50}], "d": {"e": true}, "f": null,
            "g": [], "h": ["1", 2], "i": " \u001d z ", "j": [[3, 4], 5]} "#;
        let xml = "<xml><a>7</a><b><c>x\u{4f60}</c></b><b><c>1.50</c></b><d><e>true</e></d><f/><g/>\
                   <h>1</h><h>2</h><i>z</i><j><item>3</item><item>4</item></j><j>5</j></xml>";
        assert_eq!(parse(json), xml::parse(xml.as_bytes()));
        assert!(parse(json).is_ok());
    }

    #[test]
    fn each_deviation_is_named_with_its_offset() {
        for (body, error) in [
            ("", ParseError::WrongRoot(0)),
            ("[]", ParseError::WrongRoot(0)),
            (" \"just a string\"", ParseError::WrongRoot(1)),
            ("<xml/>", ParseError::WrongRoot(0)),
            ("{\"a\":1}}", ParseError::Malformed(7)),
            ("{\"a\":1} {}", ParseError::Malformed(8)),
            ("{\"a\":01}", ParseError::Malformed(6)),
            ("{\"a\":\"\u{1}\"}", ParseError::Malformed(5)),
        ] {
            assert_eq!(parse(body.as_bytes()), Err(error), "{body}");
        }
    }

    #[test]
    fn a_body_may_have_as_many_bytes_as_the_limit_and_not_one_more() {
        let body = |length: usize| format!("{{\"a\":\"{}\"}}", "b".repeat(length - 8));
        assert!(parse(body(xml::LIMIT).as_bytes()).is_ok());
        for over in [1, 2] {
            let length = xml::LIMIT + over;
            assert_eq!(parse(body(length).as_bytes()), Err(ParseError::TooLarge(length)));
        }
    }

    #[test]
    fn a_hostile_depth_and_number_cost_an_error() {
        let deep = "{\"a\":".repeat(xml::LIMIT / 8) + "1" + &"}".repeat(xml::LIMIT / 8);
        assert_eq!(parse(deep.as_bytes()), Err(ParseError::TooDeep(5 * xml::DEPTH)));
        let lists = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(matches!(parse(lists.as_bytes()), Err(ParseError::TooDeep(_))));
        let wide = format!("{{\"a\":[{}0]}}", "0,".repeat(xml::FIELDS));
        assert!(matches!(parse(wide.as_bytes()), Err(ParseError::TooMany(_))));
    }
}
