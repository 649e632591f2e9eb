//@ error: E0524
use std::future::Future;
use std::time::Duration;

use futures::FutureExt;
use pipeline::Context;

pub fn count(ctx: &mut Context) -> impl Future<Output = ()> {
    let pause = ctx.host().sleep(Duration::ZERO);
    pause.map(|_| ctx.revision += 1).map(|()| ctx.revision += 1) // wrong
    // right: pause.map(|_| ctx.revision += 2)
}
