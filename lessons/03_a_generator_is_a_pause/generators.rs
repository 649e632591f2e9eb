//! A generator pauses at each `yield`: a value goes out, and the answer comes in.

use genawaiter::sync::GenBoxed;
use generators::yield_;

use crate::stage::{generator, log};

fn count(mut n: u32) -> GenBoxed<u32> {
    generator!(co => {
        for _ in 0..3 {
            n += 1;
            yield_!(co.yield_(n));
        }
    })
}

fn foo() -> GenBoxed<u32, u32> {
    generator!(co => {
        let m = yield_!(co.yield_(1));
        yield_!(co.yield_(m * m));
    })
}

pub fn run() {
    let (mut counting, mut paused) = (count(0), foo());
    (0..4).for_each(|_| log!("count: {:?}", counting.resume()));
    [9, 2, 0].into_iter().for_each(|sent| log!("next({sent}): {:?}", paused.resume_with(sent)));
}
