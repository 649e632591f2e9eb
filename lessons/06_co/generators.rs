//! A generator says what it waits for, and the driver knows how. See `driver.rs`.

use callbacks::Thunk;
use generators::yield_;

use super::driver::{Generator, Yielded, co};
use crate::stage::{callback, generator, log, request};

fn get(name: &'static str) -> Thunk<String> {
    Thunk::new(move |fill| callback::request(name, |page| fill.fill(page)))
}

fn find(name: &'static str) -> Generator {
    generator!(co => {
        log!("begins {name}");
        yield_!(co.yield_(Yielded::Promise(request(name))))
    })
}

pub fn run() {
    let main: Generator = generator!(co => {
        log!("promise: {}", yield_!(co.yield_(Yielded::Promise(request("a"))))?);
        log!("thunk: {}", yield_!(co.yield_(Yielded::Thunk(get("b"))))?);
        log!("nested: {}", yield_!(co.yield_(Yielded::Generator(find("c"))))?);
        let list = [find("d"), find("e")].map(Yielded::Generator);
        log!("list: {}", yield_!(co.yield_(Yielded::List(list.into())))?);
        yield_!(co.yield_(Yielded::Promise(request("http://down"))))
    });
    co(main).call(|end| end.map_or_else(|failure| log!("caught: {}", failure.fault), drop));
}
