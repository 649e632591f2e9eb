//! A turn that ends by itself.

use std::sync::Arc;

use crate::exchange::LeaseId;
use crate::origin::Origin;

/// A turn in the user's queue. If it is dropped before it is settled, it ends the turn. So a
/// request that is cancelled or that panics does not block its user.
#[derive(Debug)]
pub struct Lease {
    origin: Arc<Origin>,
    id: LeaseId,
    held: bool,
}

impl Lease {
    /// Takes responsibility for ending the turn `id`.
    #[must_use]
    pub fn new(origin: &Arc<Origin>, id: LeaseId) -> Self {
        Self { origin: Arc::clone(origin), id, held: true }
    }

    /// The id of the turn, for [`Host::commit`](crate::Host::commit) and
    /// [`Host::abort`](crate::Host::abort).
    #[must_use]
    pub fn id(&self) -> LeaseId {
        self.id
    }

    /// Says that an operation has ended the turn, so the lease does not have to.
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
