//! A promise: a value for what comes later. As in JavaScript, it begins when it is made.

use futures::FutureExt;
use pipeline::{Operation, Pending};

use crate::stage::{callback, log, spawn};

/// Writes a file.
fn save(path: &'static str, data: &'static str) -> Pending<()> {
    let (completer, promise) = Pending::new(Operation::Sleep);
    log!("begins");
    callback::write_file(path, data, |written| {
        completer.complete(written);
    });
    promise
}

pub fn run() {
    let saving = save("1.txt", "hello");
    log!("made");
    spawn(saving.map(|written| log!("written: {}", written.is_ok())));
    log!("asked");
}
