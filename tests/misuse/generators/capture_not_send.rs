//@ error: none "cannot be sent between threads"
use std::rc::Rc;

use generators::{Next, Routine, go, yield_};
use pipeline::Context;

pub fn layer(ctx: Box<Context>, next: Next) -> Routine {
    go!(co => {
        let count = Rc::new(1); // wrong
        // right: let count = std::sync::Arc::new(1);
        let (ctx, outcome) = yield_!(co, next.run(ctx));
        drop(count.clone());
        (ctx, outcome)
    })
}
