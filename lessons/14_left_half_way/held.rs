//! Something that has to be given back: a turn, a lock, a file.

use crate::stage::log;

/// Held until it is dropped.
pub struct Held(pub &'static str);

impl Drop for Held {
    fn drop(&mut self) {
        log!("{} gives back", self.0);
    }
}
