//! No code of others runs under a lock: no callback, no waker, no destructor of what they hold.
//! A call under a lock must be one of [`CALLS`], which run no code of others. The models find what
//! cannot be seen in the text: a value that is dropped under a lock because it is replaced.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use models::bugs::{BUGS, Bug};
use models::sources::SOURCES;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, FnArg, Ident, Pat, ReturnType, Signature, Stmt, Type};

/// What may be called under a lock: the name of what it is called on, and its own. First in all
/// files, then in one.
const CALLS: [(&str, &str); 20] = [
    ("", ".unwrap_or_else .map .then .is_some_and .filter_map .collect"),
    ("", "mem::replace mem::take Box::new Arc::downgrade matches! vec!"),
    ("", "Pending::ready Pending::ended Pending::reclaimed"),
    ("pipeline/src/pending.rs", "task.waker same.will_wake waker.take"),
    ("callbacks/src/compose.rs", ".take .is_none held.take"),
    // A result is a value: its clone calls nobody.
    ("callbacks/src/thunk.rs", "waiting.push fill.take ending.clone 1.take"),
    // A fetch that is cloned, or put in its place, is not run by that.
    ("callbacks/src/services/tickets.rs", FETCHES),
    ("promises/src/services/tickets.rs", FETCHES),
    ("generators/src/services/tickets.rs", FETCHES),
    ("src/async_await/services/tickets.rs", FETCHES),
    ("generators/src/all.rs", "numbers.push task.replace task.take"),
    ("src/hosts/live.rs", ".contains_key accounts.get .cloned"),
    (
        "src/hosts/memory.rs",
        "armed.first_key_value first.is_wanted armed.pop_first armed.last_key_value .map_or \
         armed.insert",
    ),
    (
        "src/hosts/records.rs",
        "languages.get .copied user.clone languages.entry place.insert order.push_back order.len \
         order.pop_front languages.remove",
    ),
    ("src/hosts/services.rs", "directory.get .cloned"),
    ("src/hosts/tickets.rs", ".get .cloned tickets.get account.to_owned tickets.insert .clear"),
    (
        "src/hosts/timers.rs",
        "looks.is_none_or queues.entry .or_default .push queues.get_mut queues.remove armed.first timers.pop_front \
         timers.is_empty Instant::now",
    ),
    (
        "src/hosts/turns.rs",
        "exchanges.bind exchanges.begin exchanges.commit exchanges.forget exchanges.release \
         exchanges.tidy exchanges.overdue exchanges.forgotten exchanges.kept waiting.insert waiting.remove granted.append granted.drain \
         granted.is_empty",
    ),
    (
        "src/server/logs.rs",
        "text.extend_from_slice changed.notify_all changed.wait_timeout_while \
         changed.wait_while mem::swap in_hand.saturating_sub",
    ),
    // Who must give way is told through tokio's Notify, which schedules a task and runs nothing.
    (
        "src/server/places.rs",
        "addresses.get .copied .unwrap_or table.give_way table.seat seats.len \
         Arc::clone .free Instant::now",
    ),
];

/// What a style does with its table of fetches.
const FETCHES: &str = ".remove .and_then tickets.and_then caller.name .entry under_way.get .clone \
                       fetch.clone place.insert";

/// Not the kit, the measurements and the command line: each has one thread, which a call under its
/// own lock would stop at once.
const FOLDERS: [&str; 8] = [
    "wechat/src",
    "pipeline/src",
    "callbacks/src",
    "promises/src",
    "generators/src",
    "src/async_await",
    "src/hosts",
    "src/server",
];

/// Bugs that cannot be seen in the text, because a value is dropped without a call.
const ONLY_PLAYED: [&str; 1] = ["a_callback_is_dropped_under_the_lock"];

/// What more than one thread can use at a time.
const SHARED: &str = "Mutex RwLock Condvar Atomic Semaphore watch:: Notify OnceLock LazyLock";

/// Why the table of fetches of a style has no model.
const FLIGHT: &str = "one lock around one table; tests/tickets.rs plays every order of its users";

/// The files that have something of [`SHARED`] and no model.
const NO_MODEL: [(&str, &str); 26] = [
    ("callbacks/src/services/tickets.rs", FLIGHT),
    ("generators/src/services/tickets.rs", FLIGHT),
    ("kit/src/host.rs", "the kit has one thread"),
    ("kit/src/kinds.rs", "a table that is made once, by the standard library"),
    ("kit/src/run.rs", "the kit has one thread"),
    ("pipeline/src/origin.rs", "what a OnceLock is set to is a value, and who is late reads none"),
    ("promises/src/services/tickets.rs", FLIGHT),
    ("src/async_await/services/tickets.rs", FLIGHT),
    ("src/cli/serve.rs", "tokio's channel, which counts signals"),
    ("src/hosts/live.rs", "one lock, under which one map is read or replaced"),
    (
        "src/hosts/memory.rs",
        "one counter, one lock around one map, and the turns, which have a model",
    ),
    ("src/hosts/records.rs", "one lock around one map and its order"),
    ("src/hosts/services.rs", "one lock, under which one map is read or replaced"),
    ("src/hosts/tickets.rs", "one lock around one map"),
    ("src/measure/entry.rs", "a measured play has one thread"),
    ("src/measure/shapes.rs", "a measured play has one thread"),
    ("src/measure/stack.rs", "counts the stack of one thread"),
    ("src/measure/world.rs", "a measured play has one thread"),
    ("src/server/accept.rs", "tokio's semaphore, channel and tracker, around hyper and sockets"),
    ("src/server/connection.rs", "one flag of one connection, beside tokio's channel"),
    ("src/server/http.rs", "a permit of tokio's semaphore, handed on"),
    ("src/server/logs.rs", "one lock with one condition; tests/serve.rs stalls and breaks its end"),
    (
        "src/server/places.rs",
        "one lock around one table; tests/server and the bench torture fill it",
    ),
    ("src/server/reload.rs", "tokio's Notify, told by the file system"),
    ("src/server/service.rs", "tokio's semaphore and tracker, handed on"),
    ("src/server/under_way.rs", "a permit of tokio's semaphore, given back by its drop"),
];

#[test]
fn no_code_of_others_is_called_under_a_lock() {
    let (mut wrong, mut locks) = (Vec::new(), 0);
    for path in FOLDERS.iter().flat_map(|folder| files(&root().join(folder))) {
        let text = fs::read_to_string(&path).expect("it is text");
        let reader = Reader::read(&name_of(&path), &text);
        locks += reader.locks;
        wrong.extend(reader.wrong);
    }
    assert!(wrong.is_empty(), "if it runs no code of others, add it to CALLS: {wrong:#?}");
    assert!(locks >= 20, "{locks} locks were seen");
}

#[test]
fn each_file_whose_values_cross_threads_has_a_model_or_a_reason() {
    let folders = ["kit/src", "src/cli", "src/measure", "src/conversation"];
    let paths = FOLDERS.iter().chain(&folders).flat_map(|folder| files(&root().join(folder)));
    let shared = paths.filter(|path| {
        let text = fs::read_to_string(path).expect("it is text");
        let code = text.split("\n#[cfg(test)]").next().unwrap_or_default();
        SHARED.split(' ').any(|word| code.contains(word))
    });
    let shared: BTreeSet<_> = shared.map(|path| name_of(&path)).collect();
    let modelled = SOURCES.map(|(_, file)| file.to_owned()).into();
    let known: BTreeSet<_> = NO_MODEL.map(|(file, _)| file.to_owned()).into();
    let without: BTreeSet<_> = shared.difference(&modelled).cloned().collect();
    assert_eq!(without, known, "give it a model, or say in NO_MODEL why it has none");
}

#[test]
fn a_call_under_a_lock_is_seen_in_each_seeded_bug_that_has_one() {
    let bugs = BUGS.iter().filter(|bug| bug.name.contains("_lock"));
    let seen = |bug: &&Bug| {
        let text = fs::read_to_string(root().join(bug.file)).expect("it is text");
        let code = text.split("\n#[cfg(test)]").next().unwrap_or_default();
        !Reader::read(bug.file, &bug.put_into(code)).wrong.is_empty()
    };
    let (seen, unseen): (Vec<_>, Vec<_>) = bugs.partition(seen);
    let unseen: Vec<_> = unseen.iter().map(|bug| bug.name).collect();
    assert_eq!(unseen, ONLY_PLAYED);
    assert!(seen.len() >= 5, "{} were seen", seen.len());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The name of a file in this repository.
fn name_of(path: &Path) -> String {
    path.strip_prefix(root()).expect("it lies there").display().to_string()
}

/// All sources in a folder, but not what `pipeline` has for its own tests.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("testing.rs")
        {
            files.push(path);
        }
    }
    files
}

/// Reads one file, function by function, and follows each guard from where it is made to where it
/// is dropped or given away.
#[derive(Default)]
struct Reader {
    file: String,
    /// The functions of this file that return a guard, and those that take one.
    makes: BTreeSet<String>,
    takes: BTreeSet<String>,
    /// The guards that are held here, by name.
    held: BTreeSet<String>,
    /// How many guards without a name are held until the end of the statement.
    unnamed: usize,
    /// Whether the code after this point is not reached.
    left: bool,
    locks: usize,
    wrong: Vec<String>,
}

impl Reader {
    fn read(file: &str, text: &str) -> Self {
        let parsed = syn::parse_file(text).expect("sources are Rust");
        let mut signatures = Signatures::default();
        signatures.visit_file(&parsed);
        let Signatures { makes, takes } = signatures;
        let mut reader = Self { file: file.to_owned(), makes, takes, ..Self::default() };
        reader.visit_file(&parsed);
        reader
    }

    fn check(&mut self, name: String, at: proc_macro2::Span) {
        let listed = |(file, names): &(&str, &str)| {
            ["", &*self.file].contains(file) && names.split_whitespace().any(|it| it == name)
        };
        if (self.unnamed > 0 || !self.held.is_empty()) && !CALLS.iter().any(listed) {
            self.wrong.push(format!("{}:{}: {name}", self.file, at.start().line));
        }
    }

    /// Whether this call makes a guard.
    fn makes(&self, name: &Ident, arguments: usize) -> bool {
        let name = name.to_string();
        arguments == 0 && matches!(&*name, "lock" | "read" | "write") || self.makes.contains(&name)
    }

    /// Whether the value of an expression is a guard.
    fn is_guard(&self, value: &Expr) -> bool {
        let Expr::MethodCall(call) = value else { return false };
        match call.method.to_string().as_str() {
            "unwrap_or_else" | "unwrap" | "expect" => self.is_guard(&call.receiver),
            _ => self.makes(&call.method, call.args.len()),
        }
    }

    /// Guards that are given away are not held any more. Returns how many these are.
    fn give<'a>(&mut self, arguments: impl IntoIterator<Item = &'a Expr>) -> usize {
        let given = arguments.into_iter().filter_map(ident).filter(|name| self.held.remove(name));
        given.count()
    }

    /// Reads one of several ways on, which all begin with the guards of `before`.
    fn way(
        &mut self,
        before: &BTreeSet<String>,
        after: &mut BTreeSet<String>,
        way: impl FnOnce(&mut Self),
    ) {
        self.held = before.clone();
        way(self);
        if !std::mem::take(&mut self.left) {
            after.append(&mut self.held);
        }
    }

    /// Reads code that runs later, or that is a function of its own.
    fn apart(&mut self, held: BTreeSet<String>, read: impl FnOnce(&mut Self)) {
        let held = std::mem::replace(&mut self.held, held);
        let (unnamed, left) = (std::mem::take(&mut self.unnamed), self.left);
        read(self);
        (self.held, self.unnamed, self.left) = (held, unnamed, left);
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        let guards = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) if is_guard(&input.ty) => name(&input.pat),
            _ => None,
        });
        self.apart(guards.collect(), |this| this.visit_block(block));
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs[..],
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        // A closure that takes its captures along is kept for later; another one runs at once.
        match closure.capture {
            Some(_) => self.apart(BTreeSet::new(), |this| this.visit_expr(&closure.body)),
            None => {
                let held = self.held.clone();
                self.visit_expr(&closure.body);
                (self.held, self.left) = (held, false);
            }
        }
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.apart(BTreeSet::new(), |this| this.visit_block(&block.block));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let outer = self.held.clone();
        let mut inner = BTreeSet::new();
        for statement in &block.stmts {
            let unnamed = self.unnamed;
            self.visit_stmt(statement);
            self.unnamed = unnamed;
            if let Stmt::Local(local) = statement
                && let Some(value) = &local.init
                && self.is_guard(&value.expr)
            {
                let name = name(&local.pat).expect("a guard has a name");
                self.held.insert(name.clone());
                inner.insert(name);
            }
        }
        self.held.retain(|name| outer.contains(name) || !inner.contains(name));
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        let unnamed = self.unnamed;
        self.visit_expr(&branch.cond);
        // What a condition has made is dropped before the block; what a pattern looks at is not.
        if !has_pattern(&branch.cond) {
            self.unnamed = unnamed;
        }
        let (before, mut after) = (self.held.clone(), BTreeSet::new());
        self.way(&before, &mut after, |this| this.visit_block(&branch.then_branch));
        self.unnamed = unnamed;
        self.way(&before, &mut after, |this| {
            if let Some((_, other)) = &branch.else_branch {
                this.visit_expr(other);
            }
        });
        self.held = after;
    }

    fn visit_expr_match(&mut self, branches: &'ast syn::ExprMatch) {
        self.visit_expr(&branches.expr);
        let (before, mut after) = (self.held.clone(), BTreeSet::new());
        for arm in &branches.arms {
            self.way(&before, &mut after, |this| this.visit_arm(arm));
        }
        self.held = after;
    }

    fn visit_expr_while(&mut self, repeated: &'ast syn::ExprWhile) {
        let unnamed = self.unnamed;
        self.visit_expr(&repeated.cond);
        if !has_pattern(&repeated.cond) {
            self.unnamed = unnamed;
        }
        let before = self.held.clone();
        let mut after = before.clone();
        self.way(&before, &mut after, |this| this.visit_block(&repeated.body));
        (self.held, self.unnamed) = (after, unnamed);
    }

    fn visit_expr_return(&mut self, expression: &'ast syn::ExprReturn) {
        visit::visit_expr_return(self, expression);
        self.left = true;
    }

    fn visit_expr_break(&mut self, expression: &'ast syn::ExprBreak) {
        visit::visit_expr_break(self, expression);
        self.left = true;
    }

    fn visit_expr_continue(&mut self, _: &'ast syn::ExprContinue) {
        self.left = true;
    }

    fn visit_expr_assign(&mut self, assigned: &'ast syn::ExprAssign) {
        self.visit_expr(&assigned.right);
        self.visit_expr(&assigned.left);
        if self.is_guard(&assigned.right) {
            self.held.extend(ident(&assigned.left));
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        let name = written(&call.func);
        let given = self.give(&call.args);
        // A tuple is not code.
        let makes =
            name.rsplit(':').next().is_some_and(|last| last.starts_with(char::is_uppercase));
        if !makes && (given == 0 || name != "drop" && !self.takes.contains(&name)) {
            self.check(name, call.span());
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        if self.makes(&call.method, call.args.len()) {
            self.locks += 1;
            self.unnamed += 1;
        } else {
            let name = format!("{}.{}", written(&call.receiver), call.method);
            self.check(name, call.method.span());
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().expect("a path has a name").ident.to_string();
        self.check(name + "!", call.span());
    }
}

/// The name of a value or a function, as far as it has one.
fn written(expression: &Expr) -> String {
    match expression {
        Expr::Path(path) => {
            let names = path.path.segments.iter().map(|segment| segment.ident.to_string());
            let names: Vec<_> = names.collect();
            names[names.len().saturating_sub(2)..].join("::")
        }
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => name.to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        },
        _ => String::new(),
    }
}

/// Gathers which functions of a file return a guard or take one.
#[derive(Default)]
struct Signatures {
    makes: BTreeSet<String>,
    takes: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Signatures {
    fn visit_signature(&mut self, signature: &'ast Signature) {
        if matches!(&signature.output, ReturnType::Type(_, output) if is_guard(output)) {
            self.makes.insert(signature.ident.to_string());
        }
        let takes = |input: &FnArg| matches!(input, FnArg::Typed(input) if is_guard(&input.ty));
        if signature.inputs.iter().any(takes) {
            self.takes.insert(signature.ident.to_string());
        }
    }
}

fn is_guard(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Guard"))
}

fn is_test(attribute: &Attribute) -> bool {
    let cfg = attribute.path().is_ident("cfg");
    cfg && attribute.parse_args::<Ident>().is_ok_and(|word| word == "test")
}

fn name(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(pattern) => Some(pattern.ident.to_string()),
        _ => None,
    }
}

fn ident(expression: &Expr) -> Option<String> {
    let Expr::Path(path) = expression else { return None };
    path.path.get_ident().map(Ident::to_string)
}

/// Whether a condition is an `if let`.
fn has_pattern(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(both) => has_pattern(&both.left) || has_pattern(&both.right),
        _ => false,
    }
}
