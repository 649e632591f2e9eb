//! All that are compared: the straight line, the four styles and their peers.

use four_ways::conversation;
use four_ways::measure::{self, Unequal, World, layers};
use pipeline::Request;

use crate::peer::{LAYERS, Peer};
use crate::{generators, routes, services, states};

/// The straight line, its second copy (the twin), the four styles and the peers.
///
/// # Errors
/// The first that does not give the answer of the straight line.
pub fn all() -> Result<Vec<Peer>, Unequal> {
    let peer = |(nine, none)| Peer { nine, none };
    let study = || layers::empty(LAYERS).into_iter().zip(layers::empty(0)).map(peer);
    let mut peers: Vec<_> = study().take(1).chain(study()).collect();
    peers.push(Peer { nine: generators::entry(LAYERS), none: generators::entry(0) });
    peers.push(Peer { nine: states::entry(LAYERS), none: states::entry(0) });
    peers.extend(services::peers());
    peers.extend(routes::peers());
    let (nine, none): (Vec<_>, Vec<_>) =
        peers.into_iter().map(|Peer { nine, none }| (nine, none)).unzip();
    let request = [request()];
    measure::agree(&nine, |_| World::ready(), &request)?;
    measure::agree(&none, |_| World::ready(), &request)?;
    Ok(nine.into_iter().zip(none).map(peer).collect())
}

/// The request. The layers do not read it.
pub fn request() -> Request {
    conversation::text("hello").request
}
