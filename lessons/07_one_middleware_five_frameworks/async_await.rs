//! koa 2: a layer awaits `next()`. The code below the `await` is the way out.

use futures::future::{FutureExt, LocalBoxFuture};
use pipeline::Failure;

use crate::stage::{log, request, spawn};

type Running = LocalBoxFuture<'static, Result<(), Failure>>;
type Next = Box<dyn FnOnce() -> Running>;
type Layer = fn(&'static str, Next) -> Running;

fn compose(layers: &'static [Layer], url: &'static str) -> Next {
    let [layer, inside @ ..] = layers else { return Box::new(|| Box::pin(async { Ok(()) })) };
    Box::new(move || layer(url, compose(inside, url)))
}

fn errors(url: &'static str, next: Next) -> Running {
    Box::pin(async move { next().await.inspect_err(|e| log!("500 {url}: {}", e.fault)).or(Ok(())) })
}

fn logger(url: &'static str, next: Next) -> Running {
    Box::pin(async move {
        log!("> {url}");
        next().await?;
        log!("< {url}");
        Ok(())
    })
}

fn page(url: &'static str, _next: Next) -> Running {
    Box::pin(async move { request(url).await.map(|_| log!("200 {url}")) })
}

pub fn run() {
    for url in ["http://up", "http://down"] {
        spawn(compose(&[errors, logger, page], url)().map(drop));
    }
}
