//! `std::sync` for the copies: shuttle's, with a lock that knows whether this thread holds one.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

use shuttle::sync;
use shuttle::thread::LocalKey;

pub use shuttle::sync::{Arc, LockResult, PoisonError, Weak};

shuttle::thread_local! {
    static HELD: Cell<usize> = Cell::new(0);
}

/// Panics if the calling thread holds a lock. What a callback, a waker, a destructor or a reclaim
/// of a model does first.
///
/// # Panics
/// As said.
pub fn no_lock_is_held() {
    let held = HELD.with(Cell::get);
    assert!(held == 0, "code of others runs under a lock");
}

fn count(change: impl FnOnce(usize) -> usize) {
    // At the end of a thread its count may be gone, and nobody asks for it any more.
    HELD.try_with(|held| held.set(change(held.get()))).ok();
}

/// A lock.
#[derive(Default)]
pub struct Mutex<T>(sync::Mutex<T>);

/// A lock that this thread holds.
pub struct MutexGuard<'m, T>(sync::MutexGuard<'m, T>);

impl<T> Mutex<T> {
    /// A free lock.
    pub const fn new(value: T) -> Self {
        Self(sync::Mutex::new(value))
    }

    /// Waits for the lock.
    ///
    /// # Errors
    /// A thread panicked while it held the lock.
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let locked = self.0.lock();
        count(|held| held + 1);
        locked.map(MutexGuard).map_err(|error| PoisonError::new(MutexGuard(error.into_inner())))
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        count(|held| held - 1);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// A value of each thread.
pub struct Local<T: 'static>(#[doc(hidden)] pub &'static LocalKey<RefCell<T>>);

impl<T> Local<T> {
    /// `std::thread::LocalKey::with_borrow_mut`
    pub fn with_borrow_mut<R>(&'static self, with: impl FnOnce(&mut T) -> R) -> R {
        self.0.with(|value| with(&mut value.borrow_mut()))
    }
}

impl<T: Copy> Local<T> {
    /// `std::thread::LocalKey::get`
    #[must_use]
    pub fn get(&'static self) -> T {
        self.0.with(|value| *value.borrow())
    }

    /// `std::thread::LocalKey::set`
    pub fn set(&'static self, to: T) {
        self.0.with(|value| *value.borrow_mut() = to);
    }
}

/// `std::thread_local!`, as far as the copies use it: each thread of a model has its own value.
macro_rules! local {
    ($(#[$doc:meta])* static $name:ident: $cell:ident<$kind:ty> = const { $init:expr };) => {
        static $name: crate::sync::Local<$kind> = crate::sync::Local({
            shuttle::thread_local! {
                static KEY: std::cell::RefCell<$kind> =
                    std::cell::RefCell::new($cell::into_inner($init));
            }
            &KEY
        });
    };
}

pub(crate) use local as thread_local;
