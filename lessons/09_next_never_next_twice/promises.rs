//! Promises: `next` is consumed by `run`, and a layer that returns no promise does not compile.

use futures::future::{FutureExt, LocalBoxFuture, ready};

use crate::stage::{log, set_timeout, sleep, spawn};

type Promise = LocalBoxFuture<'static, Option<&'static str>>;

struct Next(usize); // `dispatch(i)` as a value

impl Next {
    fn run(self, path: &'static str) -> Promise {
        let layers: [fn(&'static str, Next) -> Promise; 2] = [gate, page];
        let Some(layer) = layers.get(self.0) else { return ready(None).boxed_local() };
        layer(path, Self(self.0 + 1))
    }
}

fn gate(path: &'static str, next: Next) -> Promise {
    match path {
        "/favicon.ico" => ready(Some("icon")).boxed_local(),
        "/lost" => ready(None).boxed_local(),
        _ => next.run(path),
    }
}

fn page(path: &'static str, _next: Next) -> Promise {
    log!("page runs for {path}");
    sleep(10).map(|_| Some("page")).boxed_local()
}

pub fn run() {
    for (at, path) in [(0, "/hello"), (20, "/favicon.ico"), (40, "/lost")] {
        let done = move |body: Option<_>| log!("{path}: {}", body.unwrap_or("404"));
        set_timeout(at, move || spawn(Next(0).run(path).map(done)));
    }
}
