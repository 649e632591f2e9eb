//! The four styles have one shape, so that they can be read side by side: the same files, and in
//! them the same public items in the same order. Exceptions are listed here, with the reason. No
//! style uses the subject of another, and none reaches the outside except through the host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};
use syn::{ImplItem, Item, TraitItem, UseTree, Visibility};

/// The folder of each style's sources, and the dependencies of its package.
const STYLES: [(&str, &[&str]); 4] = [
    ("callbacks/src", &["pipeline"]),
    ("promises/src", &["futures", "pipeline", "stacker"]),
    ("generators/src", &["async-stream", "futures-core", "genawaiter", "pipeline"]),
    ("src/async_await", &[]), // in the root package
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
         Done::contained Domain Domain::settle Domain::keep drive turn",
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
        "Layer::capturing Middleware Next::contained Next::detached Running Running::new",
        "what a layer awaits; the future of a function that borrows needs a trait to be named",
    ),
    ("callbacks/src", "units/queue.rs", "Asked Asked::call Asked::wait", "a continuation"),
    ("generators/src", "units/queue.rs", "Asked", "the context comes back with the verdict"),
    ("src/async_await", "units/queue.rs", "Asking", "as `Middleware`"),
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

/// Identifiers that no style may use, because the host is the only way to the outside.
const WAYS_OUT: [&str; 9] =
    ["Instant", "SystemTime", "net", "thread", "rand", "tokio", "Mutex", "RwLock", "Condvar"];

/// The exceptions.
const EXCEPTIONS: [(&str, &str, &str, &str); 3] = [
    ("callbacks/src", "compose.rs", "Mutex", "a race and a panic share one continuation"),
    ("callbacks/src", "thunk.rs", "Mutex", "the callers of a thunk share its result"),
    ("generators/src", "all.rs", "Mutex", "what is woken may be woken by any thread"),
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
    let mut found = BTreeSet::new();
    for (style, _) in STYLES {
        for (file, text) in sources(style) {
            let words = identifiers(&text).into_iter();
            let words = words.filter(|word| WAYS_OUT.contains(&&**word));
            found.extend(words.map(|word| (style, file.clone(), word)));
        }
    }
    let known = EXCEPTIONS.map(|(style, file, word, _)| (style, file.to_owned(), word.to_owned()));
    assert_eq!(found, known.into());
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
