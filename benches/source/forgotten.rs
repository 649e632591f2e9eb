//! Ways to forget an error: what a text becomes when one thing is left out of it that stands there
//! only because something can fail.
//!
//! * a `?` is left out;
//! * an *arm* for the failing side is left out, or the `if let` that looks for it;
//! * a *call* that has to do with failures only is left out; a condition that asks for one holds;
//! * an error that is handed on is *success* instead. The ancestor of this study did that.
//!
//! The sites are those of [`sites`](super::sites), and the errors that are handed on inside of an
//! arm for the failing side besides.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, File};

use super::sites::{CALLS, ERRORS, NO_FAILURE, fails, is_path};

/// What an error that is handed on becomes: the first of these that compiles.
const SUCCESSES: [&str; 3] = ["Ok(())", "Ok(ctx)", "Ok((ctx, ()))"];

/// One way to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its line, from 1.
    pub line: usize,
    /// `?`, `arm`, `call` or `success`.
    pub kind: &'static str,
    /// Which bytes of the text are left out.
    at: Range<usize>,
    /// What stands there instead; where it depends on the types, what it may be.
    instead: Vec<String>,
}

impl Way {
    /// The text with this forgotten, in each form that it may have.
    pub fn forget(&self, text: &str) -> impl Iterator<Item = String> {
        let (before, after) = (&text[..self.at.start], &text[self.at.end..]);
        self.instead.iter().map(move |instead| format!("{before}{instead}{after}"))
    }
}

/// All ways to forget an error in a file with this text. In one that `chains`, an `and_then` is no
/// call but what a semicolon is elsewhere.
pub fn ways(file: &File, text: &str, chains: bool) -> Vec<Way> {
    let mut walk = Walk { text, chains, found: Vec::new() };
    walk.visit_file(file);
    walk.found
}

struct Walk<'text> {
    text: &'text str,
    chains: bool,
    found: Vec<Way>,
}

impl Walk<'_> {
    fn found(&mut self, kind: &'static str, at: Range<usize>, instead: &[&str]) {
        let line = 1 + self.text[..at.start].matches('\n').count();
        let instead = instead.iter().map(ToString::to_string).collect();
        self.found.push(Way { line, kind, at, instead });
    }
}

fn bytes(of: &impl Spanned) -> Range<usize> {
    of.span().byte_range()
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_expr_try(&mut self, this: &'ast syn::ExprTry) {
        visit::visit_expr_try(self, this);
        self.found("?", bytes(&this.question_token), &[""]);
    }

    fn visit_expr_match(&mut self, this: &'ast syn::ExprMatch) {
        visit::visit_expr_match(self, this);
        if !matches!(&*this.expr, Expr::MethodCall(call) if call.method == NO_FAILURE) {
            for arm in this.arms.iter().filter(|arm| fails(&arm.pat)) {
                self.found("arm", bytes(arm), &[""]);
            }
        }
    }

    fn visit_expr_if(&mut self, this: &'ast syn::ExprIf) {
        visit::visit_expr_if(self, this);
        let Expr::Let(check) = &*this.cond else { return };
        if fails(&check.pat) {
            let rest = match &this.else_branch {
                Some((_, branch)) => self.text[bytes(branch)].to_owned(),
                None => format!("{};", &self.text[bytes(&check.expr)]),
            };
            self.found("arm", bytes(this), &[&rest]);
        }
    }

    fn visit_expr_method_call(&mut self, this: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, this);
        let called = |names: &[&str]| names.iter().any(|name| this.method == name);
        let is_link = self.chains && this.method == "and_then";
        if called(&["is_ok", "is_err"]) {
            self.found("call", bytes(this), &["true"]);
        } else if called(&CALLS) && !is_link {
            self.found("call", bytes(&this.receiver).end..bytes(this).end, &[""]);
        }
    }

    fn visit_expr_call(&mut self, this: &'ast syn::ExprCall) {
        if is_path(&this.func, "Err") {
            this.args.iter().for_each(|error| self.visit_expr(error));
            return self.found("success", bytes(this), &SUCCESSES);
        }
        visit::visit_expr_call(self, this);
        let is_error = |of: &Expr| ERRORS.iter().any(|name| is_path(of, name));
        if is_path(&this.func, "attempt") {
            self.found("call", bytes(&this.func), &[""]);
        } else if is_path(&this.func, "Some") && this.args.iter().any(is_error) {
            self.found("success", bytes(this), &["None"]);
        }
    }

    /// `Err` that is handed to a function.
    fn visit_expr_path(&mut self, this: &'ast syn::ExprPath) {
        if this.path.is_ident("Err") {
            self.found("success", bytes(this), &["|_| Ok(())"]);
        }
    }
}
