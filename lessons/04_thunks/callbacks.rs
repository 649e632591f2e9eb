//! Thunks: lazy, run once, chained by `then`, and put together by `seq` and `all`.

use callbacks::thunk::{Thunk, all, seq};

use crate::stage::{callback, log};

fn fetch(name: &'static str) -> Thunk<String> {
    Thunk::new(move |fill| {
        log!("begins {name}");
        callback::request(name, move |page| {
            log!("ends {name}");
            fill.fill(page);
        });
    })
}

pub fn run() {
    let page = fetch("a");
    log!("made");
    page.call(|first| log!("first: {}", first.is_ok()));
    page.call(|again| log!("again: {}", again.is_ok()));
    let pages = page.then(|_| seq(vec![fetch("b"), fetch("c")]));
    pages.call(|_| log!("seq"));
    let pages = pages.then(|_| all(vec![fetch("d"), fetch("e")]));
    pages.call(|_| log!("all"));
    let stop = pages.then(|_| Thunk::<()>::new(drop)); // nobody fills it
    stop.then(|ended| Thunk::filled(ended.map(|()| log!("not reached"))))
        .call(|ended| ended.unwrap_or_else(|_| log!("stopped")));
}
