//! Callbacks: the sender calls, and the listener has to take it. What it cannot write yet piles up.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::SAID;
use crate::stage::{log, set_timeout};

/// Tells a listener, as an `EventEmitter` does.
fn incoming(listener: impl Fn(&'static str)) {
    for text in SAID {
        log!("in: {text}");
        listener(text);
    }
}

/// Writes the replies, one at a time.
fn write(replies: Rc<RefCell<VecDeque<&'static str>>>) {
    let Some(text) = replies.borrow_mut().pop_front() else { return };
    set_timeout(10, move || {
        log!("out: {text}");
        write(replies);
    });
}

pub fn run() {
    let replies = Rc::new(RefCell::new(VecDeque::new()));
    incoming(|text| replies.borrow_mut().push_back(text));
    write(replies);
}
