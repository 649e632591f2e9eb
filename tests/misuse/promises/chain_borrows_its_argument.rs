//@ error: E0373 E0505
use std::time::Duration;

use futures::FutureExt;
use pipeline::Context;
use promises::{Promise, PromiseExt};

pub fn layer(mut ctx: Box<Context>) -> Promise {
    let pause = ctx.host().sleep(Duration::ZERO);
    let counted = pause.map(|_| ctx.revision += 1); // wrong
    counted.map(|()| Ok(ctx)).promise() // wrong
    // right: pause.map(|_| { ctx.revision += 1; Ok(ctx) }).promise()
}
