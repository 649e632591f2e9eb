//! Promises: a layer returns a chain. The way out is a link behind `next()`.

use futures::future::{FutureExt, LocalBoxFuture, TryFutureExt, ready};
use pipeline::Failure;

use crate::stage::{log, request, spawn};

type Promise = LocalBoxFuture<'static, Result<(), Failure>>;
type Next = Box<dyn FnOnce() -> Promise>;
type Layer = fn(&'static str, Next) -> Promise;

fn compose(layers: &'static [Layer], url: &'static str) -> Next {
    let [layer, inside @ ..] = layers else { return Box::new(|| ready(Ok(())).boxed_local()) };
    Box::new(move || layer(url, compose(inside, url)))
}

fn errors(url: &'static str, next: Next) -> Promise {
    next()
        .inspect_err(move |failure| log!("500 {url}: {}", failure.fault))
        .or_else(|_| ready(Ok(())))
        .boxed_local()
}

fn logger(url: &'static str, next: Next) -> Promise {
    log!("> {url}");
    next().inspect_ok(move |()| log!("< {url}")).boxed_local()
}

fn page(url: &'static str, _next: Next) -> Promise {
    request(url).map_ok(move |_| log!("200 {url}")).boxed_local()
}

pub fn run() {
    for url in ["http://up", "http://down"] {
        spawn(compose(&[errors, logger, page], url)().map(drop));
    }
}
