//! Tokens, by one lexer: what there is to read, however it is laid out.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// What is one token though it has several characters. Angle brackets are counted one by one.
const OPERATORS: [&str; 20] = [
    "...", "..=", "::", "=>", "->", "..", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=",
    "/=", "%=", "^=", "&=", "|=",
];

/// What is compiled into the program: no doc comments (the lexer leaves out the others), and
/// nothing that is there for tests only.
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

/// The attribute that these tokens begin with, and what is behind it.
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

/// How many tokens these are. Each delimiter is one, and so is a lifetime; a comma before a closing
/// delimiter is none, because the formatter sets it when it breaks a line.
pub fn count(tokens: TokenStream) -> usize {
    let mut count = 0;
    let mut joined = String::new(); // the characters that the next one may join
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
