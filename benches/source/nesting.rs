//! How deep control flow is nested within one function, and how much of it there is.
//!
//! We defined the weight ourselves. Each `if`, `match`, loop, closure, `async` block and `let …
//! else` counts 1, plus 1 for each of these that is around it. An `else if` is not inside its `if`.
//! A condition or a scrutinee is outside the structure that it decides.

use syn::visit::{self, Visit};
use syn::{
    Expr, ExprAsync, ExprClosure, ExprForLoop, ExprIf, ExprLoop, ExprMatch, ExprWhile, File,
    LocalInit,
};

/// The result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nesting {
    /// The largest number of structures inside one another.
    pub deepest: usize,
    /// The sum of the depths of all structures.
    pub weight: usize,
}

/// Looks at all functions of a file.
pub fn nesting(file: &File) -> Nesting {
    let mut walk = Walk::default();
    walk.visit_file(file);
    walk.found
}

#[derive(Default)]
struct Walk {
    depth: usize,
    found: Nesting,
}

impl Walk {
    /// Counts a structure, and visits the code inside it.
    fn structure(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.found.deepest = self.found.deepest.max(self.depth);
        self.found.weight += self.depth;
        inside(self);
        self.depth -= 1;
    }
}

impl<'ast> Visit<'ast> for Walk {
    /// Inside a nested function the depth begins at 0 again.
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let around = std::mem::take(&mut self.depth);
        visit::visit_item_fn(self, function);
        self.depth = around;
    }

    fn visit_expr_if(&mut self, this: &'ast ExprIf) {
        self.visit_expr(&this.cond);
        self.structure(|walk| {
            walk.visit_block(&this.then_branch);
            match this.else_branch.as_ref().map(|(_, branch)| &**branch) {
                Some(Expr::If(_)) | None => {}
                Some(branch) => walk.visit_expr(branch),
            }
        });
        if let Some((_, branch)) = &this.else_branch
            && let Expr::If(beside) = &**branch
        {
            self.visit_expr_if(beside);
        }
    }

    fn visit_expr_match(&mut self, this: &'ast ExprMatch) {
        self.visit_expr(&this.expr);
        self.structure(|walk| this.arms.iter().for_each(|arm| walk.visit_arm(arm)));
    }

    fn visit_expr_while(&mut self, this: &'ast ExprWhile) {
        self.visit_expr(&this.cond);
        self.structure(|walk| walk.visit_block(&this.body));
    }

    fn visit_expr_for_loop(&mut self, this: &'ast ExprForLoop) {
        self.visit_expr(&this.expr);
        self.structure(|walk| walk.visit_block(&this.body));
    }

    fn visit_expr_loop(&mut self, this: &'ast ExprLoop) {
        self.structure(|walk| walk.visit_block(&this.body));
    }

    fn visit_expr_closure(&mut self, this: &'ast ExprClosure) {
        self.structure(|walk| walk.visit_expr(&this.body));
    }

    fn visit_expr_async(&mut self, this: &'ast ExprAsync) {
        self.structure(|walk| walk.visit_block(&this.block));
    }

    fn visit_local_init(&mut self, this: &'ast LocalInit) {
        self.visit_expr(&this.expr);
        if let Some((_, branch)) = &this.diverge {
            self.structure(|walk| walk.visit_expr(branch));
        }
    }
}
