//@ error: E0599
use futures::FutureExt;
use pipeline::Context;
use promises::{Next, Promise, PromiseExt};

pub fn layer(ctx: Box<Context>, next: Next) -> Promise {
    next.run(ctx).map(Promise::settled).promise() // wrong
    // right: next.run(ctx).then(Promise::settled).promise()
}
