//! Each crate can be read in one order: no two of its files use each other, and the map at the
//! head of a module lists its modules so that each uses only those before it.

#[path = "../benches/source/named.rs"]
mod named;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, UseTree};

use named::name;

/// The path of a module in its crate; the root's is empty.
type Module = Vec<String>;

/// The modules of one crate, each in a file of its own.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Module, Source>,
}

/// What the file of a module says.
struct Source {
    file: PathBuf,
    text: String,
    items: BTreeSet<String>,
    /// What is imported, by the name under which it is known here; `*` for all.
    imports: Vec<(String, Vec<String>)>,
    /// All paths that stand in the code.
    paths: Vec<Vec<String>>,
}

#[test]
fn no_two_files_of_a_crate_use_each_other() {
    let mut circles = Vec::new();
    for each in crates() {
        let uses = each.uses();
        for start in uses.keys() {
            if let Some(circle) = circle(&uses, start) {
                let files = circle.iter().map(|module| each.modules[module].file.display());
                let files: Vec<_> = files.map(|file| file.to_string()).collect();
                circles.push(files.join(" → "));
            }
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn maps_list_the_modules_in_the_order_in_which_they_can_be_read() {
    let mut wrong = Vec::new();
    let mut maps = 0;
    for each in crates() {
        let uses = each.uses();
        for (module, source) in &each.modules {
            let map = map(&source.text);
            let inner = each.inner(module);
            let listed: Vec<&String> = map.iter().filter(|name| inner.contains(*name)).collect();
            if listed.is_empty() {
                continue;
            }
            maps += 1;
            let file = source.file.display();
            let public = source.text.lines().filter_map(|line| {
                line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)
            });
            wrong.extend(
                public
                    .filter(|name| !listed.contains(&name))
                    .map(|name| format!("{file} does not list {name}")),
            );
            for (at, name) in listed.iter().enumerate() {
                let later = &listed[at + 1..];
                let used = uses.iter().filter(|(user, _)| within(user, module, name));
                for used in used.flat_map(|(_, used)| used) {
                    let child = used.strip_prefix(&module[..]).and_then(|path| path.first());
                    if let Some(child) = child.filter(|child| later.contains(child)) {
                        wrong.push(format!("{file} lists {name} before {child}, which it uses"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(maps >= 8, "{maps} maps were read");
}

/// The names that a map lists: `//! * [`name`]: …`, or in brackets those that are not public.
fn map(text: &str) -> Vec<String> {
    let lines = text.lines().take_while(|line| line.starts_with("//!"));
    let names = lines.filter_map(|line| {
        let name = line.strip_prefix("//! * ")?.trim_start_matches(['[', '(']).strip_prefix('`')?;
        let (name, _) = name.trim_start_matches("mod@").split_once('`')?;
        Some(name.trim_end_matches("()").to_owned())
    });
    names.collect()
}

fn within(user: &Module, module: &Module, name: &str) -> bool {
    user.strip_prefix(&module[..]).and_then(|path| path.first()).is_some_and(|it| it == name)
}

/// A way from `start` back to it. Found only from its first module, so that each is told once.
fn circle(uses: &BTreeMap<Module, BTreeSet<Module>>, start: &Module) -> Option<Vec<Module>> {
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for next in uses.get(way.last()?).into_iter().flatten() {
            if next == start {
                return Some([way, vec![start.clone()]].concat());
            }
            if next > start && seen.insert(next.clone()) {
                ways.push([way.clone(), vec![next.clone()]].concat());
            }
        }
    }
    None
}

/// All crates of the workspace that have more than one file.
fn crates() -> Vec<Crate> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.to_owned()];
    let mut crates = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder is readable").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name == "lib.rs" || name == "main.rs" || is_target(&path) {
                crates.push(Crate::read(&path));
            }
        }
    }
    crates.retain(|each| each.modules.len() > 1);
    assert!(crates.len() >= 12, "{} crates were read", crates.len());
    crates
}

/// Whether a file is a test, a bench or an example of its own.
fn is_target(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let rust = path.extension().is_some_and(|extension| extension == "rs");
    rust && matches!(folder, Some("tests" | "benches" | "examples"))
}

impl Crate {
    fn read(root: &Path) -> Self {
        let mut each = Self::default();
        let folder = root.parent().expect("a file lies in a folder").to_owned();
        each.add(Module::new(), root.to_owned(), &folder);
        each
    }

    /// Reads a file, and those of the modules that it declares in `folder`.
    fn add(&mut self, module: Module, file: PathBuf, folder: &Path) {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let parsed: File = syn::parse_file(&text).expect("sources are Rust");
        let mut source = Source {
            file: file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&file).to_owned(),
            text,
            items: BTreeSet::new(),
            imports: Vec::new(),
            paths: Vec::new(),
        };
        source.visit_file(&parsed);
        source.items = parsed.items.iter().filter_map(name).collect();
        for item in &parsed.items {
            let Item::Mod(inner) = item else { continue };
            if inner.content.is_some() || is_test(&inner.attrs) {
                continue;
            }
            let name = inner.ident.to_string();
            let below = folder.join(&name);
            let plain = folder.join(format!("{name}.rs"));
            let file = if plain.exists() { plain } else { below.join("mod.rs") };
            // A bench writes some files of its own before it compiles a crate.
            if !file.exists() {
                continue;
            }
            self.add([module.clone(), vec![name]].concat(), file, &below);
        }
        self.modules.insert(module, source);
    }

    fn inner(&self, module: &Module) -> BTreeSet<String> {
        let paths = self.modules.keys().filter_map(|path| path.strip_prefix(&module[..]));
        paths.filter(|path| path.len() == 1).map(|path| path[0].clone()).collect()
    }

    /// Which modules each module uses.
    fn uses(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let uses = self.modules.iter().map(|(module, source)| {
            let imports = source.imports.iter().map(|(_, path)| path);
            let used = imports.chain(&source.paths);
            let used = used.filter_map(|path| self.resolve(module, path, 0));
            (module.clone(), used.filter(|used| used != module).collect())
        });
        uses.collect()
    }

    /// The module that defines what `path` names in `module`; `None` outside this crate.
    fn resolve(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        // Whatever is re-exported in a circle is none of ours.
        if depth > 20 {
            return None;
        }
        let child = [module.clone(), vec![first.clone()]].concat();
        match first.as_str() {
            "crate" => self.descend(Module::new(), rest, depth),
            "self" => self.descend(module.clone(), rest, depth),
            "super" => self.descend(module[..module.len().checked_sub(1)?].to_vec(), rest, depth),
            _ if self.modules.contains_key(&child) => self.descend(child, rest, depth),
            _ => {
                let (_, import) =
                    self.modules[module].imports.iter().find(|(known, _)| known == first)?;
                // `use x;` of an external crate imports a name by itself.
                if import.first() == Some(first) {
                    return None;
                }
                self.resolve(module, &[import, rest].concat(), depth + 1)
            }
        }
    }

    /// From a module on: into its modules, to what it defines, or to where it has that from.
    fn descend(&self, module: Module, rest: &[String], depth: usize) -> Option<Module> {
        let Some((first, further)) = rest.split_first() else { return Some(module) };
        if first == "super" || first == "self" {
            return self.resolve(&module, rest, depth + 1);
        }
        let child = [module.clone(), vec![first.clone()]].concat();
        if self.modules.contains_key(&child) {
            return self.descend(child, further, depth);
        }
        let source = &self.modules[&module];
        if source.items.contains(first) {
            return Some(module);
        }
        let named = source.imports.iter().find(|(known, _)| known == first);
        if let Some((_, import)) = named {
            return self.resolve(&module, &[import, further].concat(), depth + 1);
        }
        let all = source.imports.iter().filter(|(known, _)| known == "*");
        let mut found = all
            .filter_map(|(_, import)| self.resolve(&module, &[import, rest].concat(), depth + 1));
        found.next().or(Some(module))
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast Item) {
        let test = match item {
            Item::Mod(item) => is_test(&item.attrs),
            Item::Fn(item) => is_test(&item.attrs),
            Item::Use(item) => is_test(&item.attrs),
            _ => false,
        };
        if !test {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            gather(&item.tree, &mut Vec::new(), &mut self.imports);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            self.paths.push(path.segments.iter().map(|part| part.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }
}

/// The imports of a `use`, each with the name that it gives.
fn gather(tree: &UseTree, path: &mut Vec<String>, imports: &mut Vec<(String, Vec<String>)>) {
    let mut import = |known: String, last: Option<String>| {
        imports.push((known, path.iter().cloned().chain(last).collect()));
    };
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            gather(&inner.tree, path, imports);
            path.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            import(path.last().cloned().unwrap_or_default(), None);
        }
        UseTree::Name(name) => import(name.ident.to_string(), Some(name.ident.to_string())),
        UseTree::Rename(name) if name.ident == "self" => import(name.rename.to_string(), None),
        UseTree::Rename(name) => import(name.rename.to_string(), Some(name.ident.to_string())),
        UseTree::Glob(_) => import("*".to_owned(), None),
        UseTree::Group(group) => {
            for tree in &group.items {
                gather(tree, path, imports);
            }
        }
    }
}

/// Whether it is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "test")
    })
}
