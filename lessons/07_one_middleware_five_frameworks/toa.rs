//! Toa: a sequence of thunks. No layer has a `next`; what belongs to the end is a hook.

use std::sync::mpsc::{Sender, channel};

use callbacks::thunk::{Thunk, seq};

use crate::stage::{callback, log};

type Hooks = Sender<Thunk<()>>;
type Layer = fn(&'static str, Hooks) -> Thunk<()>;

fn compose(layers: &[Layer], url: &'static str) -> Thunk<()> {
    let (hooks, on_pre_end) = channel();
    let sequence = seq(layers.iter().map(|layer| layer(url, hooks.clone())).collect());
    let hooked = sequence.then(move |ended| match ended {
        Ok(_) => seq(on_pre_end.try_iter().collect()),
        Err(failure) => Thunk::filled(Err(failure)),
    });
    hooked.then(move |ended| {
        let failed = ended.inspect_err(|failure| log!("500 {url}: {}", failure.fault));
        Thunk::filled(failed.map(drop))
    })
}

fn logger(url: &'static str, hooks: Hooks) -> Thunk<()> {
    Thunk::new(move |fill| {
        log!("> {url}");
        hooks.send(hook(url)).ok();
        fill.fill(Ok(()));
    })
}

fn hook(url: &'static str) -> Thunk<()> {
    Thunk::new(move |fill| {
        log!("< {url}");
        fill.fill(Ok(()));
    })
}

fn page(url: &'static str, _hooks: Hooks) -> Thunk<()> {
    Thunk::new(move |fill| {
        callback::request(url, move |page| {
            fill.fill(page.map(|_| log!("200 {url}")));
        });
    })
}

pub fn run() {
    for url in ["http://up", "http://down"] {
        compose(&[logger, page], url).call(|_| ());
    }
}
