//! How much stack a reply needs, from the caller of an entry to the deepest call of the host.
//!
//! The host is measured because every style calls it in the same way. A rule may need more stack
//! for itself, to parse or to hash, but that is the same for all styles.

use std::hint::black_box;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pipeline::{Around, Host, Request};

use super::{Entry, World, layers};
use crate::conversation;

/// The number of layers over which growth is measured. So few layers fit on any stack. With more
/// layers, promises and nested futures would continue on another piece of stack.
const LAYERS: usize = 64;

/// The bytes of stack that `entry` needs for the shipped conversation. In it a unit, which is
/// inside all layers, also calls the host.
#[must_use]
pub fn deepest(entry: &Entry) -> usize {
    depth(entry, conversation::turns().into_iter().map(|turn| turn.request).collect())
}

/// The bytes of stack that one more layer takes, in the entry of this name. The layers have code
/// after `next`, and the innermost one calls the host.
#[must_use]
pub fn layer(name: &str) -> Option<usize> {
    let depth = |layers| {
        let entries = layers::around_a_wait(layers);
        let entry = entries.iter().find(|entry| entry.name == name)?;
        Some(depth(entry, vec![conversation::text("hello").request]))
    };
    Some(depth(LAYERS)?.saturating_sub(depth(0)?) / LAYERS)
}

fn depth(entry: &Entry, requests: Vec<Request>) -> usize {
    let sounding =
        Arc::new(Sounding { host: conversation::memory(), deepest: AtomicUsize::new(usize::MAX) });
    let world = World::of(Arc::clone(&sounding) as Arc<dyn Host>);
    let mut replies = Vec::with_capacity(requests.len());
    let surface = here();
    entry.play(&world, requests, &mut replies);
    surface.saturating_sub(sounding.deepest.load(Ordering::Relaxed))
}

/// The current position on the stack. The stack grows downwards.
#[inline(never)]
fn here() -> usize {
    let local = 0_u8;
    ptr::from_ref(black_box(&local)).addr()
}

/// A host that records how deep it is called. It passes every operation to the host inside.
struct Sounding {
    host: Arc<dyn Host>,
    deepest: AtomicUsize,
}

impl Around for Sounding {
    fn inner(&self) -> &dyn Host {
        self.deepest.fetch_min(here(), Ordering::Relaxed);
        &*self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_takes_stack_where_futures_nest_and_none_where_there_is_a_trampoline() {
        assert_eq!(layer("callbacks"), Some(0));
        assert!(layer("async-await") > Some(0));
    }

    #[test]
    fn nested_futures_go_deeper_than_the_straight_line() {
        let [straight, .., async_await] = &Entry::all()[..] else { panic!("five entries") };
        assert!(0 < deepest(straight) && deepest(straight) < deepest(async_await));
    }

    #[test]
    fn the_same_entry_goes_as_deep_again() {
        for entry in Entry::all() {
            assert_eq!(deepest(&entry), deepest(&entry), "{}", entry.name);
        }
    }
}
