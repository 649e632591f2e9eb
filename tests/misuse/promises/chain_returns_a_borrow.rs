//@ error: E0515
use std::future::ready;

use futures::FutureExt;
use futures::future::BoxFuture;
use pipeline::Context;

pub fn next(ctx: &Context) -> BoxFuture<'_, u32> {
    let next = ctx.revision + 1;
    ready(&next).map(|next| *next).boxed() // wrong
    // right: ready(next).boxed()
}
