//! Generators: `next` is consumed by `run`, and what it gives is consumed by the `yield`.

use generators::{Routine, co, go, yield_};

use crate::stage::{log, set_timeout, sleep, spawn};

struct Next(usize); // `dispatch(i)` as a value

impl Next {
    fn run(self, path: &'static str) -> Routine<Option<&'static str>> {
        let layers: [fn(&'static str, Next) -> _; 2] = [gate, page];
        let Some(layer) = layers.get(self.0) else { return go!(_co => { None }) };
        layer(path, Self(self.0 + 1))
    }
}

fn gate(path: &'static str, next: Next) -> Routine<Option<&'static str>> {
    go!(co => { match path {
        "/favicon.ico" => Some("icon"),
        "/lost" => None,
        _ => yield_!(co, next.run(path)),
    } })
}

fn page(path: &'static str, _next: Next) -> Routine<Option<&'static str>> {
    go!(co => {
        log!("page runs for {path}");
        yield_!(co, sleep(10)).ok().map(|()| "page")
    })
}

pub fn run() {
    for (at, path) in [(0, "/hello"), (20, "/favicon.ico"), (40, "/lost")] {
        let done = move |body: Option<_>| log!("{path}: {}", body.unwrap_or("404"));
        set_timeout(at, move || spawn(co(go!(co => { done(yield_!(co, Next(0).run(path))) }))));
    }
}
