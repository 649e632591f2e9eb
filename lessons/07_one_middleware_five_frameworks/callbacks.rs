//! Express: a layer calls `next`, and `next` with a failure skips to the error handler below.

use pipeline::Failure;

use crate::stage::{callback, log};

type Next = Box<dyn FnOnce(Result<(), Failure>)>;
/// `Ok` holds a layer, `Err` an error handler.
type Layer = Result<fn(&'static str, Next), fn(Failure, &'static str, Next)>;

fn compose(layers: &'static [Layer], url: &'static str) -> Next {
    Box::new(move |so_far| match (layers, so_far) {
        ([Ok(layer), below @ ..], Ok(())) => layer(url, compose(below, url)),
        ([Err(handler), below @ ..], Err(failure)) => handler(failure, url, compose(below, url)),
        ([_, below @ ..], so_far) => compose(below, url)(so_far),
        ([], _) => log!("404 {url}"),
    })
}

fn errors(failure: Failure, url: &'static str, _next: Next) {
    log!("500 {url}: {}", failure.fault);
}

fn logger(url: &'static str, next: Next) {
    log!("> {url}");
    next(Ok(()));
    log!("< {url}");
}

fn page(url: &'static str, next: Next) {
    callback::request(url, move |page| page.map_or_else(|e| next(Err(e)), |_| log!("200 {url}")));
}

pub fn run() {
    for url in ["http://up", "http://down"] {
        compose(&[Ok(logger), Ok(page), Err(errors)], url)(Ok(()));
    }
}
