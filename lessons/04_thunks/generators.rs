//! Generators are as lazy as thunks. In turn: one `yield` each. At once: one `yield` of a list.

use generators::ask::future;
use generators::{Routine, co, go, yield_};
use pipeline::Failure;

use crate::stage::{log, request, spawn};

fn fetch(name: &'static str) -> Routine<Result<String, Failure>> {
    go!(co => {
        log!("begins {name}");
        let page = yield_!(co, future(request(name)));
        log!("ends {name}");
        page
    })
}

pub fn run() {
    let page = fetch("a");
    log!("made");
    spawn(co(go!(co => {
        let page = yield_!(co, page); // once: `page` is no generator any more
        log!("first: {}", page.is_ok());
        log!("again: {}", page.is_ok());
        let _ = (yield_!(co, fetch("b")), yield_!(co, fetch("c")));
        log!("seq");
        let pages = yield_!(co, vec![fetch("d"), fetch("e")]);
        log!("all");
        if pages.iter().all(Result::is_ok) {
            return log!("stopped");
        }
        log!("not reached");
    })));
}
