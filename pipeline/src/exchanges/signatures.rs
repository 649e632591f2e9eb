//! Remembers which body came with each signature of an account, for some time.

use std::collections::HashMap;
use std::time::Duration;

use crate::exchange::Binding;

/// The signatures that were seen.
#[derive(Debug, Default)]
pub struct Signatures {
    seen: HashMap<String, ([u8; 20], Duration)>,
    /// How many there may be before expired ones are removed.
    sweep_at: usize,
}

impl Signatures {
    /// Whether the signature is new, or came with this same body before.
    pub fn bind(&mut self, binding: Binding, now: Duration) -> bool {
        // Done when their number has doubled, because checking all for each new one would be
        // quadratic.
        if self.seen.len() >= self.sweep_at.max(1024) {
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
}
