//! No generator: a function that is called again and again, and remembers where it stands.

use crate::stage::log;

fn count(n: u32) -> impl FnMut() -> Option<u32> {
    let mut left = n + 1..=n + 3;
    move || left.next()
}

fn foo() -> impl FnMut(u32) -> Option<u32> {
    enum At {
        Start,
        FirstYield,
        SecondYield,
    }
    let mut at = At::Start;
    move |sent| {
        let value;
        (at, value) = match at {
            At::Start => (At::FirstYield, Some(1)),
            At::FirstYield => (At::SecondYield, Some(sent * sent)),
            At::SecondYield => (At::SecondYield, None),
        };
        value
    }
}

pub fn run() {
    let (mut counting, mut paused) = (count(0), foo());
    (0..4).for_each(|_| log!("count: {:?}", counting()));
    [9, 2, 0].into_iter().for_each(|sent| log!("next({sent}): {:?}", paused(sent)));
}
