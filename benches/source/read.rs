//! Reads a source file as its author sees it, including the code inside macro calls.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

use super::tokens::{shipped, within};

/// A macro whose braces contain statements. Other macros with braces define items, and are not
/// changed.
const STATEMENTS: &str = "stream";

/// Parses the code that is compiled into the program. `yield_!(co, …)` is read as a call, and the
/// argument of `go!(co => { … })` as a closure. A macro call that cannot be read in this way is an
/// error.
pub fn read(text: &str) -> syn::Result<syn::File> {
    syn::parse2(opened(shipped(text.parse()?)))
}

/// Removes the `!` of macro calls. It also removes the `!` of `if !(…)`, which changes no count.
fn opened(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut opened = Vec::new();
    let mut rest = &tokens[..];
    while let [token, after @ ..] = rest {
        rest = after;
        match (token, after) {
            (
                TokenTree::Ident(name),
                [TokenTree::Punct(mark), TokenTree::Group(of), behind @ ..],
            ) if mark.as_char() == '!' => {
                match of.delimiter() {
                    Delimiter::Brace if name == STATEMENTS => opened.push(deeper(of)),
                    Delimiter::Brace => {
                        opened.extend([token.clone(), mark.clone().into(), of.clone().into()]);
                    }
                    // The content of `vec![value; length]` is not a list of arguments, so this is a
                    // call with an array.
                    Delimiter::Bracket => {
                        let list = Group::new(Delimiter::Parenthesis, deeper(of).into());
                        opened.extend([token.clone(), list.into()]);
                    }
                    _ => opened.extend([token.clone(), within(of, arguments(of.stream()))]),
                }
                rest = behind;
            }
            (TokenTree::Group(group), _) => opened.push(deeper(group)),
            _ => opened.push(token.clone()),
        }
    }
    opened.into_iter().collect()
}

fn deeper(group: &Group) -> TokenTree {
    within(group, opened(group.stream()))
}

/// Reads `co => { … }` as a closure.
fn arguments(tokens: TokenStream) -> TokenStream {
    let bar = || TokenTree::from(Punct::new('|', Spacing::Alone));
    match &tokens.clone().into_iter().collect::<Vec<_>>()[..] {
        [
            TokenTree::Ident(name),
            TokenTree::Punct(first),
            TokenTree::Punct(last),
            TokenTree::Group(body),
        ] if (first.as_char(), last.as_char()) == ('=', '>') => {
            [bar(), name.clone().into(), bar(), deeper(body)].into_iter().collect()
        }
        _ => opened(tokens),
    }
}
