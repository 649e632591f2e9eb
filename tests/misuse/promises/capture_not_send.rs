//@ error: E0277
use std::rc::Rc;

use futures::FutureExt;
use pipeline::Context;
use promises::{Next, Promise, PromiseExt};

pub fn layer(ctx: Box<Context>, next: Next) -> Promise {
    let count = Rc::new(1); // wrong
    // right: let count = std::sync::Arc::new(1);
    next.run(ctx).map(move |ended| Some(ended).filter(|_| *count > 0).unwrap()).promise()
}
