//! Error sites: places where a layer or a unit has code only because something can fail.
//!
//! The definition is the same for all styles:
//! * a `?`;
//! * a *pattern* of a match arm or a `let` that is the failing side: `Err(…)`, `Some(error)`;
//! * a *call* that checks for a failure, converts it or recovers from it: [`CALLS`], and also
//!   `attempt` of the promises, which adds the context to the error;
//! * an *error* that is made or passed on, `Err` or `Some(error)`, outside the arm of such a
//!   pattern.
//!
//! An outcome that is returned unchanged is not a site. The `and_then` of a promise is not one
//! either: it only connects two steps, as a semicolon does in the other styles.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, File, Pat};

/// Methods that have to do with failures only.
pub const CALLS: [&str; 7] =
    ["and_then", "err", "is_err", "is_ok", "map_err", "or_else", "unwrap_or_else"];

/// The names that are used for errors.
pub const ERRORS: [&str; 2] = ["error", "failure"];

/// `Pending::try_take` gives back what is not ready yet, so its `Err` is not a failure.
pub const NO_FAILURE: &str = "try_take";

/// One place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// Its line, from 1.
    pub line: usize,
    /// `?`, `pattern`, `call` or `error`.
    pub kind: &'static str,
}

/// The error sites of a file. `chains` says whether its `and_then` only connects two steps.
pub fn sites(file: &File, chains: bool) -> Vec<Site> {
    let mut walk = Walk { chains, handled: false, found: Vec::new() };
    walk.visit_file(file);
    walk.found
}

struct Walk {
    chains: bool,
    /// Whether a failing pattern has matched. The code that then handles the error belongs to the
    /// same site.
    handled: bool,
    found: Vec<Site>,
}

impl Walk {
    fn found(&mut self, at: &impl Spanned, kind: &'static str) {
        self.found.push(Site { line: at.span().start().line, kind });
    }

    /// Visits the code that runs if a pattern matches.
    fn behind(&mut self, pattern: &Pat, may_fail: bool, walk: impl FnOnce(&mut Self)) {
        let around = self.handled;
        if may_fail && fails(pattern) {
            self.found(pattern, "pattern");
            self.handled = true;
        }
        walk(self);
        self.handled = around;
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_expr_try(&mut self, this: &'ast syn::ExprTry) {
        visit::visit_expr_try(self, this);
        self.found(&this.question_token, "?");
    }

    fn visit_expr_match(&mut self, this: &'ast syn::ExprMatch) {
        self.visit_expr(&this.expr);
        let may_fail = !matches!(&*this.expr, Expr::MethodCall(call) if call.method == NO_FAILURE);
        for arm in &this.arms {
            self.behind(&arm.pat, may_fail, |walk| walk.visit_arm(arm));
        }
    }

    fn visit_expr_if(&mut self, this: &'ast syn::ExprIf) {
        let Expr::Let(check) = &*this.cond else { return visit::visit_expr_if(self, this) };
        self.visit_expr(&check.expr);
        self.behind(&check.pat, true, |walk| walk.visit_block(&this.then_branch));
        if let Some((_, branch)) = &this.else_branch {
            self.visit_expr(branch);
        }
    }

    /// A `let` in a condition that is more than a plain `if let`.
    fn visit_expr_let(&mut self, this: &'ast syn::ExprLet) {
        self.behind(&this.pat, true, |walk| walk.visit_expr(&this.expr));
    }

    fn visit_expr_method_call(&mut self, this: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, this);
        let is_link = self.chains && this.method == "and_then";
        if !is_link && CALLS.iter().any(|name| this.method == name) {
            self.found(&this.method, "call");
        }
    }

    fn visit_expr_call(&mut self, this: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, this);
        let is_error = |of: &Expr| ERRORS.iter().any(|name| is_path(of, name));
        if is_path(&this.func, "attempt") {
            self.found(&this.func, "call");
        } else if is_path(&this.func, "Some") && this.args.iter().any(is_error) && !self.handled {
            self.found(this, "error");
        }
    }

    fn visit_expr_path(&mut self, this: &'ast syn::ExprPath) {
        if ends(&this.path, "Err") && !self.handled {
            self.found(this, "error");
        }
    }
}

/// Whether an expression is a path that ends with this name.
pub fn is_path(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Path(path) if ends(&path.path, name))
}

fn ends(path: &syn::Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

/// Whether a pattern, or a part of it, matches the failing side.
pub fn fails(pattern: &Pat) -> bool {
    struct Search(bool);
    impl<'ast> Visit<'ast> for Search {
        fn visit_pat_tuple_struct(&mut self, this: &'ast syn::PatTupleStruct) {
            let is_error = |of: &Pat| matches!(of, Pat::Ident(of) if ERRORS.iter().any(|name| of.ident == name));
            let some_error = ends(&this.path, "Some") && this.elems.iter().any(is_error);
            self.0 |= some_error || ends(&this.path, "Err");
            visit::visit_pat_tuple_struct(self, this);
        }
    }
    let mut search = Search(false);
    search.visit_pat(pattern);
    search.0
}
