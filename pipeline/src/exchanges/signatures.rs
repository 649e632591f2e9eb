//! Remembers which body came with each signature of an account, for some time.

use std::collections::HashMap;
use std::time::Duration;

use super::limits::Limits;
use crate::exchange::Binding;

/// The signatures that were seen.
#[derive(Debug, Default)]
pub struct Signatures {
    seen: HashMap<String, ([u8; 20], Duration)>,
    /// How many there may be before expired ones are removed.
    sweep_at: usize,
}

impl Signatures {
    /// Whether the signature is new, or came with this body before.
    pub fn bind(&mut self, binding: Binding, limits: &Limits, now: Duration) -> bool {
        // Done when their number has doubled: checking all for each new one would be quadratic.
        if self.seen.len() >= self.sweep_at.max(limits.sweep_signatures_at) {
            self.seen.retain(|_, (_, expires)| *expires >= now);
            self.sweep_at = 2 * self.seen.len();
        }
        let Binding { signature, body, expires } = binding;
        let seen = self.seen.entry(signature).or_insert((body, expires));
        if seen.1 < now {
            *seen = (body, expires);
        }
        seen.0 == body
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }
}
