//! What has not been started can be dropped however long the chain of its owners is.

use std::any::Any;
use std::cell::RefCell;
use std::mem;

/// Something that has not been started and may own more that has not. One that owns the next one,
/// a hundred thousand times, would be dropped by recursion and overflow the stack: what is dropped
/// within a drop waits here until that is over.
///
/// What was started is dropped at once. It may hold guards, whose order counts.
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
        let Some(value) = self.0.take() else { return };
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
}

thread_local! {
    /// What is still to be dropped, while this thread drops something unstarted.
    static LEFT: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
}

/// Ends the outermost drop, after a panic too.
struct Over;

impl Drop for Over {
    fn drop(&mut self) {
        drop(LEFT.with_borrow_mut(mem::take));
    }
}
