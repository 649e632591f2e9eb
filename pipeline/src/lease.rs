//! A turn that ends by itself.

use std::sync::Arc;

use crate::exchange::LeaseId;
use crate::origin::Origin;

/// A turn in the user's queue. Dropped before it is settled, it releases the turn, so that a
/// cancelled or panicking request does not lock its user out.
#[derive(Debug)]
pub struct Lease {
    origin: Arc<Origin>,
    id: LeaseId,
    held: bool,
}

impl Lease {
    /// Takes charge of the turn `id`.
    #[must_use]
    pub fn new(origin: &Arc<Origin>, id: LeaseId) -> Self {
        Self { origin: Arc::clone(origin), id, held: true }
    }

    /// The turn's name, for [`Host::commit`](crate::Host::commit) and
    /// [`Host::abort`](crate::Host::abort).
    #[must_use]
    pub fn id(&self) -> LeaseId {
        self.id
    }

    /// The turn was ended by an operation that succeeded.
    pub fn settle(mut self) {
        self.held = false;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.held {
            self.origin.host().release(self.id);
        }
    }
}
