//! async/await: `next` is consumed by `run`, and a layer without a result does not compile.

use futures::future::{FutureExt, LocalBoxFuture};

use crate::stage::{log, set_timeout, sleep, spawn};

struct Next(usize); // `dispatch(i)` as a value

impl Next {
    fn run(self, path: &'static str) -> LocalBoxFuture<'static, Option<&'static str>> {
        match self.0 {
            0 => gate(path, Self(1)).boxed_local(),
            1 => page(path, Self(2)).boxed_local(),
            _ => async { None }.boxed_local(),
        }
    }
}

async fn gate(path: &'static str, next: Next) -> Option<&'static str> {
    match path {
        "/favicon.ico" => Some("icon"),
        "/lost" => None,
        _ => next.run(path).await,
    }
}

async fn page(path: &'static str, _next: Next) -> Option<&'static str> {
    log!("page runs for {path}");
    sleep(10).await.ok().map(|()| "page")
}

pub fn run() {
    for (at, path) in [(0, "/hello"), (20, "/favicon.ico"), (40, "/lost")] {
        let done = move |body: Option<_>| log!("{path}: {}", body.unwrap_or("404"));
        set_timeout(at, move || spawn(Next(0).run(path).map(done)));
    }
}
