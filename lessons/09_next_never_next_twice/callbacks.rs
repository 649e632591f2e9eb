//! Callbacks: `next` and `done` are consumed by their call. Calling neither of them compiles.

use crate::stage::{log, set_timeout};

type Done = Box<dyn FnOnce(Option<&'static str>)>;

struct Next(usize); // `dispatch(i)` as a value

impl Next {
    fn run(self, path: &'static str, done: Done) {
        let layers: [fn(&'static str, Next, Done); 2] = [gate, page];
        let Some(layer) = layers.get(self.0) else { return done(None) };
        layer(path, Self(self.0 + 1), done);
    }
}

fn gate(path: &'static str, next: Next, done: Done) {
    match path {
        "/favicon.ico" => done(Some("icon")),
        "/lost" => {}
        _ => next.run(path, done),
    }
}

fn page(path: &'static str, _next: Next, done: Done) {
    log!("page runs for {path}");
    set_timeout(10, || done(Some("page")));
}

pub fn run() {
    for (at, path) in [(0, "/hello"), (20, "/favicon.ico"), (40, "/lost")] {
        let done = move |body: Option<_>| log!("{path}: {}", body.unwrap_or("404"));
        set_timeout(at, move || Next(0).run(path, Box::new(done)));
    }
}
