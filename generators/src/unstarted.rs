//! Things that have not been started can be dropped, however long the chain of their owners is.

use std::any::Any;
use std::cell::RefCell;
use std::mem;

/// Something that has not been started and may own more things that have not been started. If a
/// hundred thousand of them own each other in a chain, dropping them by recursion would overflow
/// the stack. Therefore, if one is dropped while another is being dropped, it is put on a list and
/// dropped afterwards.
///
/// Something that was started is dropped directly. It may hold guards, and the order in which they
/// are dropped matters.
pub struct Unstarted<T: 'static>(Option<T>);

impl<T> Unstarted<T> {
    /// Puts it in.
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Takes it out, to start it.
    pub fn start(mut self) -> T {
        match self.0.take() {
            Some(value) => value,
            None => unreachable!("only a drop takes it out otherwise"),
        }
    }
}

impl<T> Drop for Unstarted<T> {
    fn drop(&mut self) {
        // A function of its own, because most are empty by now: they were started.
        if let Some(value) = self.0.take() {
            drop_in_turn(value);
        }
    }
}

#[cold]
fn drop_in_turn<T: 'static>(value: T) {
    let outermost = LEFT.with_borrow_mut(|left| match left {
        Some(left) => {
            left.push(Box::new(value));
            None
        }
        None => {
            *left = Some(Vec::new());
            Some(value)
        }
    });
    let Some(first) = outermost else { return };
    let _over = Over;
    drop(first);
    while let Some(next) = LEFT.with_borrow_mut(|left| left.as_mut()?.pop()) {
        drop(next);
    }
}

thread_local! {
    /// The things that are still to be dropped, while this thread drops something unstarted.
    static LEFT: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
}

/// Ends the outermost drop, even after a panic.
struct Over;

impl Drop for Over {
    fn drop(&mut self) {
        drop(LEFT.with_borrow_mut(mem::take));
    }
}
