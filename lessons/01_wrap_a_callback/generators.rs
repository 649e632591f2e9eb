//! A yieldable: a driver gives it the callback, and resumes the generator with the answer.

use generators::ask::{Yielded, thunk};
use generators::{co, go, yield_};
use pipeline::Pending;

use crate::stage::{callback, log, spawn};

/// Writes a file.
fn save(path: &'static str, data: &'static str) -> Yielded<Pending<()>> {
    thunk(|completer| {
        log!("begins");
        callback::write_file(path, data, |written| {
            completer.complete(written);
        });
    })
}

pub fn run() {
    let saving = go!(co => {
        let written = yield_!(co, save("1.txt", "hello"));
        log!("written: {}", written.is_ok());
    });
    log!("made");
    spawn(co(saving));
    log!("asked");
}
