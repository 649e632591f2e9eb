//! The plan as layers. A layer returns a promise of everything further in.

use promises::layers::{account, envelope, exchange, handshake, verify};
use promises::units::{Unit, queue};
use promises::{Layer, Onion, compose};

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
    talk::play(move |host, request| controller.handle(host, request));
}
