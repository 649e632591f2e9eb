//! koa 1: `next` is a generator object. A layer yields it, and is resumed on the way out.

use futures::FutureExt;
use generators::{Routine, ask::future, co, go, yield_};
use pipeline::Failure;

use crate::stage::{log, request, spawn};

type Next = Routine<Result<(), Failure>>;
type Layer = fn(&'static str, Next) -> Next;

fn compose(layers: &'static [Layer], url: &'static str) -> Next {
    let [layer, inside @ ..] = layers else { return go!(_co => { Ok(()) }) };
    layer(url, compose(inside, url))
}

fn errors(url: &'static str, next: Next) -> Next {
    go!(co => { yield_!(co, next).inspect_err(|e| log!("500 {url}: {}", e.fault)).or(Ok(())) })
}

fn logger(url: &'static str, next: Next) -> Next {
    go!(co => {
        log!("> {url}");
        yield_!(co, next)?;
        log!("< {url}");
        Ok(())
    })
}

fn page(url: &'static str, _next: Next) -> Next {
    go!(co => { yield_!(co, future(request(url))).map(|_| log!("200 {url}")) })
}

pub fn run() {
    for url in ["http://up", "http://down"] {
        spawn(co(compose(&[errors, logger, page], url)).map(drop));
    }
}
