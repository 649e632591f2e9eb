//! CDATA sections.

use memchr::memchr_iter;

/// The offset of the first `]]>`. This is not `text.find("]]>")`, because the search for a text is
/// prepared anew at each call, and that takes longer than to search a short text.
pub(crate) fn end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr_iter(b']', bytes).find(|&at| bytes[at..].starts_with(b"]]>"))
}

/// Writes a section. Each `]]>` in the text is split over two sections. Without this it would end the
/// section, and the rest of the user's text would be read as markup.
pub(crate) fn push(body: &mut String, text: &str) {
    body.push_str("<![CDATA[");
    let mut rest = text;
    while let Some(end) = end(rest) {
        body.push_str(&rest[..end]);
        body.push_str("]]]]><![CDATA[>");
        rest = &rest[end + "]]>".len()..];
    }
    body.push_str(rest);
    body.push_str("]]>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_at_the_first_of_its_ends() {
        for text in ["", "]", "]]", "]>", "]]]", "你]]", "]]>", "a]]]>b", "]x]]>]]>", "]] >"] {
            assert_eq!(end(text), text.find("]]>"), "{text}");
        }
    }

    #[test]
    fn each_end_in_a_text_is_split_over_two_sections() {
        for text in ["", "a", "]]>", "a]]>b]]>", "]]]>>", "你]]>"] {
            let mut body = String::new();
            push(&mut body, text);
            let split = text.replace("]]>", "]]]]><![CDATA[>");
            assert_eq!(body, format!("<![CDATA[{split}]]>"));
        }
    }
}
