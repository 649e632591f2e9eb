//! A thunk: a function that only waits for its callback. Nothing begins before the call.

use callbacks::Thunk;

use crate::stage::{callback, log};

/// Writes a file.
fn save(path: &'static str, data: &'static str) -> Thunk<()> {
    Thunk::new(move |fill| {
        log!("begins");
        callback::write_file(path, data, |written| fill.fill(written));
    })
}

pub fn run() {
    let saving = save("1.txt", "hello");
    log!("made");
    saving.call(|written| log!("written: {}", written.is_ok()));
    log!("asked");
}
