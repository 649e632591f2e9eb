//! Tokens, counted by the same lexer for all styles: how much there is to read, in any layout.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Tokens that consist of several characters. Angle brackets are counted one by one.
const OPERATORS: [&str; 20] = [
    "...", "..=", "::", "=>", "->", "..", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=",
    "/=", "%=", "^=", "&=", "|=",
];

/// The code that is compiled into the program, without doc comments and without code for tests.
/// (The lexer already removes other comments.)
pub fn shipped(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = &tokens[..];
    while let [token, after @ ..] = rest {
        rest = match attribute(rest) {
            Some((said, behind)) if said.starts_with("doc=") => behind,
            Some((said, behind)) if said == "cfg(test)" => {
                let end = behind.iter().position(ends_item);
                end.map_or(&[], |end| &behind[end + 1..])
            }
            _ => {
                kept.push(match token {
                    TokenTree::Group(group) => within(group, shipped(group.stream())),
                    other => other.clone(),
                });
                after
            }
        };
    }
    kept.into_iter().collect()
}

/// The same delimiters around something else.
pub fn within(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut other = Group::new(group.delimiter(), tokens);
    other.set_span(group.span());
    other.into()
}

/// The attribute at the beginning of these tokens, and the tokens after it.
fn attribute(tokens: &[TokenTree]) -> Option<(String, &[TokenTree])> {
    let (first, rest) = tokens.split_first()?;
    let inner = matches!(rest.first(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
    let (group, behind) = rest[usize::from(inner)..].split_first()?;
    match (first, group) {
        (TokenTree::Punct(hash), TokenTree::Group(group))
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            let said = group.stream().into_iter().map(|token| token.to_string()).collect();
            Some((said, behind))
        }
        _ => None,
    }
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// The number of tokens. Each delimiter counts as one, and so does a lifetime. A comma before a
/// closing delimiter does not count, because the formatter adds it when it breaks a line.
pub fn count(tokens: TokenStream) -> usize {
    let mut count = 0;
    let mut joined = String::new(); // characters that the next one may join to one operator
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == ',' && tokens.peek().is_none() => {}
            TokenTree::Punct(mark) => {
                joined.push(mark.as_char());
                if !OPERATORS.contains(&joined.as_str()) {
                    joined = mark.as_char().to_string();
                    count += 1;
                }
                if mark.spacing() == Spacing::Alone {
                    joined.clear();
                }
            }
            TokenTree::Ident(_) if joined == "'" => joined.clear(),
            TokenTree::Ident(_) | TokenTree::Literal(_) => count += 1,
            TokenTree::Group(group) => count += 2 + self::count(group.stream()),
        }
    }
    count
}
