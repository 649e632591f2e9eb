//! The plan as layers. A layer calls `next`, and the answer comes back through `done`.

use callbacks::layers::{account, envelope, exchange, handshake, verify};
use callbacks::units::{Unit, queue};
use callbacks::{Layer, Onion, compose};

use super::talk::{self, UNITS};

/// Verify, the handshake, the session of the user, and the units by rank.
fn controller() -> Onion {
    compose(vec![
        Layer::new("account", account),
        Layer::new("verify", verify),
        Layer::new("handshake", handshake),
        Layer::new("envelope", envelope),
        Layer::new("exchange", exchange),
        queue(UNITS.map(Unit::Rule).into()),
    ])
}

pub fn run() {
    let controller = controller();
    talk::play_callbacks(move |host, request, reply| controller.handle(host, request, reply));
}
