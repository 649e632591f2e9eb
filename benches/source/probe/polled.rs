use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use pipeline::{Host, Request, Response};

pub fn answer(host: Arc<dyn Host>, request: Request, tell: fn(Response)) {
    let onion = style::pipeline();
    let reply = pin!(onion.handle(host, request));
    // Every operation is ready, so once is enough.
    if let Poll::Ready(response) = reply.poll(&mut Context::from_waker(Waker::noop())) {
        tell(response);
    }
}
