//! What of a style's source its pipeline reaches. The rest is there for lessons and tests, and a
//! style without it would be the same style.
//!
//! An item is reached if it stands in `pipeline.rs`, or if an item that is reached says its name.
//! An `impl` is reached if all is that its head names. This compares names, and not what they mean.
//! So an item that shares its name with another may be counted with it, but none that is needed is
//! left out.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Item;
use syn::spanned::Spanned;

use super::named::name;

/// The file in which the pipeline is put together.
const PIPELINE: &str = "pipeline.rs";

/// The texts of a style's files without what the pipeline does not reach. Spaces take its place, so
/// that lines keep their numbers. A file of which nothing is reached is left out.
pub fn reached(mut texts: BTreeMap<PathBuf, String>) -> syn::Result<BTreeMap<PathBuf, String>> {
    let mut left = Vec::new();
    for (path, text) in &texts {
        left.extend(parts(path, text)?);
    }
    let own: BTreeSet<String> = left.iter().filter_map(|part| part.name.clone()).collect();
    let mut said = BTreeSet::new();
    let mut kept = BTreeSet::new();
    loop {
        let is_reached = |part: &Part| match &part.name {
            _ if part.file == Path::new(PIPELINE) => true,
            Some(name) => said.contains(name),
            None => part.head.intersection(&own).all(|name| said.contains(name)),
        };
        let (more, rest): (Vec<_>, Vec<_>) =
            mem::take(&mut left).into_iter().partition(|part| is_reached(part));
        left = rest;
        if more.is_empty() {
            break;
        }
        for part in more {
            said.extend(part.says);
            kept.insert(part.file);
        }
    }
    for Part { file, at, .. } in left {
        if !kept.contains(&file) {
            texts.remove(&file);
        } else if let Some(text) = texts.get_mut(&file) {
            let spaces = |line: &str| " ".repeat(line.len());
            let blank: Vec<String> = text[at.clone()].split('\n').map(spaces).collect();
            text.replace_range(at, &blank.join("\n"));
        }
    }
    Ok(texts)
}

/// An item that may be left out. A `mod` or `use` is none: it costs hardly anything.
struct Part {
    file: PathBuf,
    /// Its bytes.
    at: Range<usize>,
    /// Its name, unless it is an `impl` or the call of a macro.
    name: Option<String>,
    /// The names in the head of an `impl`.
    head: BTreeSet<String>,
    /// All names in it.
    says: BTreeSet<String>,
}

fn parts(file: &Path, text: &str) -> syn::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for item in syn::parse_file(text)?.items {
        if matches!(item, Item::Mod(_) | Item::Use(_)) {
            continue;
        }
        let at = item.span().byte_range();
        let tokens: TokenStream = text[at.clone()].parse()?;
        let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let head = match item {
            Item::Impl(_) => {
                names(tokens.clone().into_iter().filter(|token| !is_body(token)).collect())
            }
            _ => BTreeSet::new(),
        };
        let name = name(&item);
        parts.push(Part { file: file.to_owned(), at, name, head, says: names(tokens) });
    }
    Ok(parts)
}

fn names(tokens: TokenStream) -> BTreeSet<String> {
    let names = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => BTreeSet::from([name.to_string()]),
        TokenTree::Group(group) => names(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => BTreeSet::new(),
    });
    names.collect()
}
