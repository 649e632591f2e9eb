use std::sync::Arc;

use pipeline::{Host, Request, Response};

pub fn answer(host: Arc<dyn Host>, request: Request, tell: fn(Response)) {
    style::pipeline().handle(host, request, tell);
}
