//! Nine layers in one state machine, written by hand: the code that an ideal compiler would make of
//! them. The machine knows all its layers, so no layer needs a box or a call.

use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use four_ways::measure::Entry;
use pipeline::{Context, Response};

// ANCHOR: states
/// A request under way.
struct Machine {
    ctx: Context,
    layers: usize,
    state: State,
}

/// Where it stands; layers are counted from outside.
enum State {
    /// Before a layer, on the way in.
    In(usize),
    /// Behind a layer, on the way out.
    Out(usize),
}

impl Future for Machine {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<Response> {
        loop {
            // Opaque, or the compiler would see that the states do nothing and skip them all.
            self.state = match black_box(&self.state) {
                State::In(layer) if *layer == self.layers => {
                    let out = State::Out(*layer);
                    self.ctx.response = Some(Response::success());
                    out
                }
                State::In(layer) => State::In(layer + 1),
                State::Out(0) => {
                    let response = self.ctx.response.take();
                    return Poll::Ready(self.ctx.origin().reply(Ok(()), response));
                }
                State::Out(layer) => State::Out(layer - 1),
            };
        }
    }
}
// ANCHOR_END: states

pub fn entry(layers: usize) -> Entry {
    Entry::new("states by hand", move |world, request| {
        let ctx = Context::new(Arc::clone(world.host()), request);
        world.finish(Machine { ctx, layers, state: State::In(0) })
    })
}
