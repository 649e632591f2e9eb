//! A future: lazy, like a thunk. Nothing begins before it is awaited.

use futures::channel::oneshot;
use pipeline::{Failure, Fault};

use crate::stage::{callback, failed, log, spawn};

/// Writes a file.
async fn save(path: &'static str, data: &'static str) -> Result<(), Failure> {
    let (sender, receiver) = oneshot::channel();
    log!("begins");
    callback::write_file(path, data, |written| {
        sender.send(written).ok();
    });
    receiver.await.unwrap_or(Err(failed(Fault::Abandoned)))
}

pub fn run() {
    let saving = save("1.txt", "hello");
    log!("made");
    spawn(async { log!("written: {}", saving.await.is_ok()) });
    log!("asked");
}
