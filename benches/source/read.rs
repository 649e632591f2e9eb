//! Reads a source file as the one who wrote it does: a macro call is no black box.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

use super::tokens::{shipped, within};

/// A macro whose braces hold statements. Others with braces define items, and are left as they are.
const STATEMENTS: &str = "stream";

/// Parses what is compiled into the program. `yield_!(co, …)` is read as a call, and what
/// `go!(co => { … })` is given as a closure; what cannot be read so is an error.
pub fn read(text: &str) -> syn::Result<syn::File> {
    syn::parse2(opened(shipped(text.parse()?)))
}

/// Leaves out the `!` of calls; that of `if !(…)` goes with them, which changes no count.
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
                    // `vec![value; length]` has no arguments, but is a call of an array.
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

/// `co => { … }` is a closure.
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
