//! Ways to forget an error: each way removes from a text one thing that is there only because
//! something can fail.
//!
//! * a `?` is left out;
//! * an *arm* for the failing side is left out, or the `if let` that looks for it;
//! * a *call* that has to do with failures only is left out; if it is a condition, it becomes true;
//! * an error that is passed on becomes *success* instead. The project from which this study came
//!   did that.
//!
//! The places are those of [`sites`](super::sites), and also the errors that are passed on inside
//! an arm for the failing side.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, File};

use super::sites::{CALLS, ERRORS, NO_FAILURE, fails, is_path};

/// The replacements for an error that is passed on. The first one that compiles is used.
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
    /// The text that is put there instead. If it depends on the types, there are several.
    instead: Vec<String>,
}

impl Way {
    /// The text with this thing forgotten, once for each replacement.
    pub fn forget(&self, text: &str) -> impl Iterator<Item = String> {
        let (before, after) = (&text[..self.at.start], &text[self.at.end..]);
        self.instead.iter().map(move |instead| format!("{before}{instead}{after}"))
    }
}

/// All ways to forget an error in a file with this text. If the style `chains`, its `and_then` is
/// not such a call: it only connects two steps, as a semicolon does in the other styles.
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

    /// An `Err` that is passed to a function.
    fn visit_expr_path(&mut self, this: &'ast syn::ExprPath) {
        if this.path.is_ident("Err") {
            self.found("success", bytes(this), &["|_| Ok(())"]);
        }
    }
}
