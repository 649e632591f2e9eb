//! The four styles have one shape, so that they can be read side by side: the same files, and in
//! them the same public items in the same order. Exceptions are listed here, with the reason. No
//! style uses the subject of another, and none reaches the outside except through the host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{ImplItem, Item, TraitItem, UseTree, Visibility};

/// The folder of each style's sources, and the dependencies of its package.
const STYLES: [(&str, &[&str]); 4] = [
    ("callbacks/src", &["pipeline"]),
    ("promises/src", &["futures", "pipeline", "stacker"]),
    ("generators/src", &["async-stream", "futures-core", "genawaiter", "pipeline"]),
    ("src/async_await", &["futures", "pipeline", "stacker"]), // in the root package, which has more
];

/// Files that only one style has.
const OWN_FILES: [(&str, &str, &str); 6] = [
    ("callbacks/src", "thunk.rs", "Toa's primitive, between callbacks and promises"),
    ("generators/src", "all.rs", "what `futures` has, which is not used"),
    ("generators/src", "ask.rs", "what a generator says to its driver"),
    ("generators/src", "co.rs", "the driver, which the other styles do not need"),
    ("generators/src", "replies.rs", "the half of generators that makes a stream"),
    ("generators/src", "unstarted.rs", "a generator may own the next one, a layer may not"),
];

/// Items that not all styles have, in a file that all have.
const OWN_ITEMS: [(&str, &str, &str, &str); 12] = [
    (
        "callbacks/src",
        "compose.rs",
        "Bounce Done Done::last Done::domain Done::call Done::after Done::wait \
         Done::hear Done::contained Domain Domain::settle Domain::replace Domain::is_settled \
         Domain::keep drive turn",
        "what comes afterwards is an argument; nobody drives it but a trampoline",
    ),
    (
        "promises/src",
        "compose.rs",
        "Next::contained Rejection attempt follow Promise Promise::settled Promise::resolve \
         Promise::reject Promise::operation Promise::and_then PromiseExt PromiseExt::promise",
        "what a layer returns; an error takes the context along",
    ),
    (
        "generators/src",
        "compose.rs",
        "Next::contained Next::detached Race First race",
        "what a layer yields; `futures` is not used, and with it no `select`",
    ),
    (
        "src/async_await",
        "compose.rs",
        "Layer::capturing Middleware Next::contained Next::detached Running",
        "what a layer awaits; the future of a function that borrows needs a trait to be named",
    ),
    (
        "callbacks/src",
        "units/queue.rs",
        "Asked Asked::domain Asked::apart Asked::call Asked::wait Asked::hear",
        "a continuation",
    ),
    ("generators/src", "units/queue.rs", "Asked", "the context comes back with the verdict"),
    ("src/async_await", "units/queue.rs", "Unit::capturing Asking", "as `Middleware`"),
    ("callbacks/src", "units/mod.rs", "Asked", "of queue.rs"),
    ("generators/src", "units/mod.rs", "Asked", "of queue.rs"),
    ("callbacks/src", "mod.rs", "thunk Bounce Done Thunk", "of compose.rs and thunk.rs"),
    ("promises/src", "mod.rs", "Promise PromiseExt Rejection attempt follow", "of compose.rs"),
    (
        "generators/src",
        "mod.rs",
        "all ask co replies unstarted Back Co Routine Drive co replies",
        "of the own files",
    ),
];

/// All that a style uses of the standard library and of its dependencies, except of `pipeline`: the
/// host is the only way to the outside, so no file, process, clock, thread or socket is here.
const USED: [(&str, &str); 4] = [
    (
        "callbacks/src",
        "std::cell::RefCell std::collections::BTreeMap std::collections::VecDeque \
         std::collections::btree_map::Entry std::mem \
         std::panic::AssertUnwindSafe std::panic::catch_unwind std::panic::resume_unwind \
         std::sync::Arc std::sync::Mutex std::sync::MutexGuard std::sync::PoisonError \
         std::sync::Weak std::sync::mpsc",
    ),
    (
        "promises/src",
        "futures::FutureExt futures::StreamExt futures::TryFutureExt futures::TryStream \
         futures::TryStreamExt futures::channel::oneshot futures::future futures::future::BoxFuture \
         futures::future::Either futures::future::FutureExt futures::future::Shared \
         futures::future::TryFutureExt futures::future::join futures::future::select futures::future::self futures::stream \
         stacker::maybe_grow std::collections::BTreeMap std::collections::btree_map::Entry \
         std::mem std::panic::AssertUnwindSafe std::pin::Pin std::sync::Arc std::sync::Mutex \
         std::sync::MutexGuard std::sync::PoisonError std::task::Context std::task::Poll",
    ),
    (
        "generators/src",
        "async_stream::stream futures_core::Stream genawaiter::GeneratorState \
         genawaiter::sync::Co genawaiter::sync::GenBoxed std::any::Any std::cell::Cell \
         std::cell::RefCell std::collections::BTreeMap std::mem std::panic::AssertUnwindSafe \
         std::panic::catch_unwind std::panic::resume_unwind std::pin::Pin std::sync::Arc \
         std::sync::Mutex std::sync::MutexGuard std::sync::PoisonError std::sync::Weak std::task::Context \
         std::task::Poll std::task::Wake std::task::Waker std::task::ready",
    ),
    (
        "src/async_await",
        "futures::FutureExt futures::channel::oneshot futures::future::BoxFuture futures::future::Either \
         futures::future::Shared futures::future::join futures::future::ready futures::future::select \
         stacker::maybe_grow std::collections::BTreeMap std::collections::btree_map::Entry std::mem \
         std::panic::AssertUnwindSafe std::pin::Pin std::sync::Arc std::sync::Mutex \
         std::sync::MutexGuard std::sync::PoisonError std::task::Context std::task::Poll",
    ),
];

/// The locks among it, with the reason: in no other file may there be one.
const LOCKS: [(&str, &str, &str); 7] = [
    ("callbacks/src", "compose.rs", "a race and a panic share one continuation"),
    ("callbacks/src", "thunk.rs", "the callers of a thunk share its result"),
    ("generators/src", "all.rs", "what is woken may be woken by any thread"),
    ("callbacks/src", "services/tickets.rs", FETCHES),
    ("promises/src", "services/tickets.rs", FETCHES),
    ("generators/src", "services/tickets.rs", FETCHES),
    ("src/async_await", "services/tickets.rs", FETCHES),
];

/// Why the table of tickets has a lock.
const FETCHES: &str = "requests on any thread share a fetch";

/// The macros that a style may call: those that compute, and none that prints, or reads a file or
/// the environment.
const MACROS: [(&str, &str); 4] = [
    ("callbacks/src", "matches thread_local unreachable vec"),
    ("promises/src", "panic vec"),
    (
        "generators/src",
        "assert boxed go panic read ready stream thread_local tuple unreachable vec yield_",
    ),
    ("src/async_await", "unreachable vec"),
];

#[test]
fn all_styles_have_the_same_files() {
    let files = STYLES.map(|(style, _)| {
        let mut files: BTreeSet<_> = sources(style).into_keys().collect();
        for (_, own, _) in OWN_FILES.iter().filter(|(of, ..)| *of == style) {
            assert!(files.remove(*own), "{style}/{own} is listed and not there");
        }
        files
    });
    for (found, (style, _)) in files.iter().zip(STYLES) {
        assert_eq!(*found, files[0], "{style}");
    }
}

#[test]
fn corresponding_files_declare_the_same_items_in_the_same_order() {
    let items = STYLES.map(|(style, _)| {
        let files = sources(style).into_iter();
        let files = files.filter(|(file, _)| !OWN_FILES.iter().any(|own| own.1 == file));
        files
            .map(|(file, text)| (own_removed(style, &file, items(&text)), file))
            .collect::<Vec<_>>()
    });
    for (found, (style, _)) in items.iter().zip(STYLES) {
        for (here, there) in found.iter().zip(&items[0]) {
            assert_eq!(here, there, "{style}");
        }
    }
}

/// The items that other styles have too.
fn own_removed(style: &str, file: &str, mut items: Vec<String>) -> Vec<String> {
    let lists = OWN_ITEMS.iter().filter(|(of, at, ..)| (*of, *at) == (style, file));
    for own in lists.flat_map(|(_, _, own, _)| own.split(' ')) {
        let at = items.iter().position(|item| item == own);
        items.remove(at.unwrap_or_else(|| panic!("{style}/{file}: {own} is listed and not there")));
    }
    items
}

#[test]
fn only_async_await_says_async_or_await() {
    for (style, _) in &STYLES[..3] {
        for (file, text) in sources(style) {
            let said =
                identifiers(&text).into_iter().filter(|word| word == "async" || word == "await");
            assert_eq!(said.count(), 0, "{style}/{file}");
        }
    }
}

#[test]
fn each_style_depends_on_no_more_than_it_declares() {
    for (style, declared) in &STYLES[..3] {
        let manifest = root().join(style).with_file_name("Cargo.toml");
        let manifest = fs::read_to_string(manifest).expect("the manifest is there");
        let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        let lines = lines.take_while(|line| !line.starts_with('['));
        let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
        let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        assert_eq!(names, *declared, "{style}");
    }
}

#[test]
fn no_style_names_another() {
    let crates = ["callbacks", "promises", "generators", "four_ways"];
    for (style, _) in STYLES {
        for (file, text) in sources(style) {
            let words = identifiers(&text);
            assert!(!words.iter().any(|word| crates.contains(&&**word)), "{style}/{file}");
        }
    }
}

#[test]
fn the_host_is_the_only_way_out_of_a_style() {
    for (at, (style, dependencies)) in STYLES.into_iter().enumerate() {
        let (mut used, mut macros) = (BTreeSet::new(), BTreeSet::new());
        let sources = sources(style);
        for (file, text) in &sources {
            let reached = Reached::of(text);
            used.extend(reached.paths(dependencies));
            macros.extend(reached.macros);
            let known = |root: &str| {
                let bound = reached.bound.contains(root) || is_module(&sources, root);
                bound || is_near(root, file, dependencies)
            };
            let strange: Vec<_> = reached.roots.iter().filter(|root| !known(root)).collect();
            assert_eq!(strange, [""; 0], "{style}/{file} names what is not its own");
        }
        for (what, found, (of, allowed)) in
            [("USED", used, USED[at]), ("MACROS", macros, MACROS[at])]
        {
            let allowed: BTreeSet<_> = allowed.split_whitespace().map(str::to_owned).collect();
            assert_eq!(of, style);
            assert_eq!(found, allowed, "{style}: {what} lists what a style may use");
        }
    }
}

#[test]
fn no_style_has_a_lock_but_where_it_says_why() {
    let mut found = BTreeSet::new();
    for (style, _) in STYLES {
        for (file, text) in sources(style) {
            let words = identifiers(&text);
            if words.iter().any(|word| ["Mutex", "RwLock", "Condvar"].contains(&&**word)) {
                found.insert((style, file));
            }
        }
    }
    assert_eq!(found, LOCKS.map(|(style, file, _)| (style, file.to_owned())).into());
}

/// The check is worth what it finds.
#[test]
fn no_way_out_is_too_odd_to_be_found() {
    let found = |text: &str| {
        let reached = Reached::of(text);
        let paths = reached.paths(&["futures"]);
        let roots =
            reached.roots.iter().filter(|root| !is_near(root, "layers/log.rs", &["futures"]));
        let roots = roots.filter(|root| !reached.bound.contains(&***root)).cloned();
        paths.into_iter().chain(roots).chain(reached.macros).collect::<Vec<_>>()
    };
    for (text, expected) in [
        ("use std::fs;", "std::fs"),
        (
            "use std::{mem, process::{self, Command}};",
            "std::mem std::process::Command std::process::self",
        ),
        ("fn f() { ::std::env::var(\"HOME\"); }", "std::env::var"),
        ("fn f() { let x: std::path::PathBuf; }", "std::path::PathBuf"),
        ("use std as s; fn f() { s::fs::read(\"x\"); }", "std"),
        ("extern crate std as s;", "std"),
        ("use core::*; use alloc::vec::Vec as V;", "alloc::vec::Vec core::*"),
        ("macro_rules! m { () => { std::fs::read(\"x\") } }", "std::fs::read"),
        ("fn f() { tokio::fs::read(\"x\"); } use hyper::Body;", "hyper tokio"),
        ("use tokio as t;", "tokio"),
        ("use futures::executor::block_on;", "futures::executor::block_on"),
        ("use super::super::super::server::Server;", "super::super::super"),
        ("use crate::hosts::Live;", "crate::hosts"),
        ("fn f() { println!(\"x\"); if !(a) {} if a != (b) {} }", "println"),
        ("fn f() { let x = include_str!(\"x\"); }", "include_str"),
        (
            "#[cfg(test)] mod tests { use std::fs; } use std::mem; fn f() { mem::take(x); }",
            "std::mem",
        ),
        ("use super::super::compose::Next; fn f() { String::new(); x.map::<u8>(); }", ""),
    ] {
        assert_eq!(found(text).join(" "), expected, "{text}");
    }
}

/// What the code of a file names from outside of itself. Tests are left out.
#[derive(Default)]
struct Reached {
    /// The whole paths, `use` trees taken apart.
    whole: BTreeSet<String>,
    /// What paths begin with: crates and modules.
    roots: BTreeSet<String>,
    /// What `use` brings in, by the name that it has here.
    bound: BTreeSet<String>,
    /// The macros that are called.
    macros: BTreeSet<String>,
}

impl Reached {
    fn of(text: &str) -> Self {
        let mut reached = Self::default();
        reached.look(text.parse().expect("sources are Rust"));
        reached
    }

    /// The whole paths into the standard library and into `dependencies`.
    fn paths(&self, dependencies: &[&str]) -> BTreeSet<String> {
        let crates: BTreeSet<_> = dependencies.iter().map(|name| name.replace('-', "_")).collect();
        let counts = |path: &&String| {
            let root = path.split(':').next().unwrap_or_default();
            STANDARD.contains(&root) || root != "pipeline" && crates.contains(root)
        };
        self.whole.iter().filter(counts).cloned().collect()
    }

    fn look(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.look_at(&tokens, at);
        }
    }

    /// Looks at what begins at a token. Returns where the next begins.
    fn look_at(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        match &tokens[at] {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let attribute = tokens.get(at + 1).map(ToString::to_string).unwrap_or_default();
                if attribute.replace(' ', "") != "[cfg(test)]" {
                    return at + 1;
                }
                let ends = |token: &TokenTree| match token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    token => token.to_string() == ";",
                };
                let rest = tokens[at + 2..].iter().position(ends);
                rest.map_or(tokens.len(), |length| at + 2 + length + 1)
            }
            TokenTree::Group(group) => {
                self.look(group.stream());
                at + 1
            }
            // What `impl Trait + use<…>` captures is brought in by nobody.
            TokenTree::Ident(word) if word == "use" && is(tokens, at + 1, "<") => at + 1,
            TokenTree::Ident(word)
                if word == "use" || word == "crate" && is(tokens, at.wrapping_sub(1), "extern") =>
            {
                let end =
                    (at..tokens.len()).find(|end| is(tokens, *end, ";")).unwrap_or(tokens.len());
                self.tree(&tokens[at + 1..end], "");
                end
            }
            TokenTree::Ident(word) => {
                // `$name` is what the caller of a macro names.
                if is(tokens, at.wrapping_sub(1), "$") {
                    return at + 1;
                }
                let word = word.to_string();
                if is(tokens, at + 1, "!")
                    && !is(tokens, at + 2, "=")
                    && !KEYWORDS.contains(&&*word)
                    && word != "macro_rules"
                {
                    self.macros.insert(word);
                    return at + 1;
                }
                let (path, end) = path(tokens, at);
                let inside = at >= 2
                    && is(tokens, at - 1, ":")
                    && is(tokens, at - 2, ":")
                    && at >= 3
                    && matches!(&tokens[at - 3], TokenTree::Ident(_) | TokenTree::Punct(_))
                    && !KEYWORDS.contains(&&*tokens[at - 3].to_string())
                    && !is_start(&tokens[at - 3]);
                if STANDARD.contains(&&*word) || path.contains("::") && !inside {
                    self.path(path);
                }
                end
            }
            _ => at + 1,
        }
    }

    fn path(&mut self, path: String) {
        let segments: Vec<_> = path.split("::").collect();
        let supers = segments.iter().take_while(|segment| **segment == "super").count();
        let root = match segments[0] {
            "super" => segments[..supers].join("::"),
            "crate" => segments[..segments.len().min(2)].join("::"),
            first => first.to_owned(),
        };
        // A type or a variant is brought in by a `use`, which is looked at.
        if !root.starts_with(char::is_uppercase) && !STANDARD.contains(&&*root) {
            self.roots.insert(root);
        }
        self.whole.insert(path);
    }

    /// Takes a `use` tree apart.
    fn tree(&mut self, tokens: &[TokenTree], before: &str) {
        for branch in tokens.split(|token| token.to_string() == ",") {
            let start = branch.iter().position(|token| token.to_string() != ":");
            let Some(branch) = start.map(|start| &branch[start..]) else { continue };
            let mut path = before.to_owned();
            let mut name = String::new();
            let mut grouped = false;
            for token in branch {
                match token {
                    TokenTree::Group(group) => {
                        let inside: Vec<_> = group.stream().into_iter().collect();
                        self.tree(&inside, &path);
                        grouped = true;
                    }
                    TokenTree::Ident(word) if word == "as" => name.clear(),
                    TokenTree::Punct(mark) if mark.as_char() == ':' => {}
                    token if name.is_empty() && !path.is_empty() && is_renamed(branch, token) => {
                        name = token.to_string();
                    }
                    token => {
                        name = token.to_string();
                        if !path.is_empty() {
                            path += "::";
                        }
                        path += &name;
                    }
                }
            }
            if !grouped {
                if name == "self" {
                    name = before.rsplit("::").next().unwrap_or_default().to_owned();
                }
                self.bound.insert(name);
                self.path(path);
            }
        }
    }
}

/// The crates of the standard library.
const STANDARD: [&str; 3] = ["alloc", "core", "std"];

/// Words before `!` that call no macro, and before `::` that end no path.
const KEYWORDS: [&str; 9] = ["else", "if", "in", "match", "move", "mut", "return", "while", "dyn"];

fn is(tokens: &[TokenTree], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.to_string() == text)
}

/// Whether a path that begins with `::` may follow this mark.
fn is_start(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() != '>')
}

/// Whether the token is the new name in `path as name`.
fn is_renamed(branch: &[TokenTree], token: &TokenTree) -> bool {
    let last = branch.last().is_some_and(|last| last.to_string() == token.to_string());
    last && branch.len() >= 2 && is(branch, branch.len() - 2, "as")
}

/// The path that begins at a token, and where it ends.
fn path(tokens: &[TokenTree], at: usize) -> (String, usize) {
    let mut path = tokens[at].to_string();
    let mut end = at + 1;
    while is(tokens, end, ":")
        && is(tokens, end + 1, ":")
        && let Some(TokenTree::Ident(next)) = tokens.get(end + 2)
    {
        path += &format!("::{next}");
        end += 3;
    }
    (path, end)
}

/// Whether a path may begin like this in a file of a style: inside of the style, or with one of its
/// dependencies.
fn is_near(root: &str, file: &str, dependencies: &[&str]) -> bool {
    let depth = file.split('/').count() - usize::from(file.ends_with("mod.rs"));
    let supers = root.split("::").filter(|segment| *segment == "super").count();
    match root.split("::").next() {
        Some("self") => true,
        Some("super") => supers <= depth,
        Some("crate") => root == "crate::async_await",
        _ => dependencies.iter().any(|name| name.replace('-', "_") == root),
    }
}

/// Whether this is a module of the style.
fn is_module(sources: &BTreeMap<String, String>, name: &str) -> bool {
    let name = name.trim_start_matches("crate::");
    let mut parts = sources.keys().flat_map(|file| file.split('/'));
    parts.any(|part| part.trim_end_matches(".rs") == name)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The texts of a style's files by their paths. A crate's root and a module's have one name.
fn sources(style: &str) -> BTreeMap<String, String> {
    let folder = root().join(style);
    let mut folders = vec![folder.clone()];
    let mut sources = BTreeMap::new();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("the folder is there") {
            let path = entry.expect("the folder is readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("sources are text");
            let file = path.strip_prefix(&folder).expect("it lies there");
            let file = file.to_str().expect("names are text");
            sources.insert(if file == "lib.rs" { "mod.rs" } else { file }.to_owned(), text);
        }
    }
    sources
}

/// All words of the code, inside macro calls too, but not in comments and macro definitions.
fn identifiers(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    gather(text.parse().expect("sources are Rust"), &mut words);
    words
}

fn gather(tokens: TokenStream, words: &mut Vec<String>) {
    let mut defines = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "macro_rules" => defines = true,
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(_) if defines => defines = false,
            TokenTree::Group(group) => gather(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The names of the public items in their order; those of methods after their type's.
fn items(text: &str) -> Vec<String> {
    let file = syn::parse_file(text).expect("sources are Rust");
    file.items.iter().flat_map(names).collect()
}

fn names(item: &Item) -> Vec<String> {
    let (visibility, name) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Mod(item) => (&item.vis, &item.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Use(item) if is_public(&item.vis) => return exports(&item.tree),
        Item::Impl(item) if item.trait_.is_none() => return methods(item),
        _ => return Vec::new(),
    };
    if !is_public(visibility) {
        return Vec::new();
    }
    let mut names = vec![name.to_string()];
    if let Item::Trait(item) = item {
        for member in &item.items {
            if let TraitItem::Fn(method) = member {
                names.push(format!("{name}::{}", method.sig.ident));
            }
        }
    }
    names
}

fn methods(item: &syn::ItemImpl) -> Vec<String> {
    let syn::Type::Path(of) = &*item.self_ty else { return Vec::new() };
    let of = &of.path.segments.last().expect("a path is not empty").ident;
    let methods = item.items.iter().filter_map(|member| match member {
        ImplItem::Fn(method) if is_public(&method.vis) => Some(&method.sig.ident),
        _ => None,
    });
    methods.map(|method| format!("{of}::{method}")).collect()
}

fn exports(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => exports(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(name) => vec![name.rename.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(exports).collect(),
        UseTree::Glob(_) => vec!["*".to_owned()],
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whoever judges a style of their own builds neither a runtime nor a server.
#[test]
fn the_kit_needs_no_runtime_no_server_and_no_command_line() {
    for (package, forbidden) in [
        ("kit", &["tokio", "hyper", "clap", "four-ways"][..]),
        ("fifth_style", &["tokio", "hyper", "clap", "four-ways", "callbacks", "promises"][..]),
    ] {
        let needed = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(root())
            .args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
            .args(["--offline", "--package", package])
            .output()
            .expect("cargo runs");
        let needed = String::from_utf8(needed.stdout).expect("names are text");
        let names: BTreeSet<_> = needed.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains("pipeline"), "{package}: {names:?}");
        for name in forbidden {
            assert!(!names.contains(name), "{package} needs {name}");
        }
    }
}
