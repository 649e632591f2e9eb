//! Layers as tower services. The service is kept and called again, as for the requests of one
//! connection. A server that clones the service for each request would also pay for the clone.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use four_ways::measure::Entry;
use pipeline::{Context, Error, Response};
use tower::util::BoxService;
use tower::{Service, ServiceExt, service_fn};

use crate::peer::{LAYERS, Peer};

type Back = Result<Box<Context>, Error>;

/// Two peers: services whose types the compiler knows, and boxed services, which can be put
/// together at run time like the layers of the styles.
pub fn peers() -> [Peer; 2] {
    let boxed = |layers| {
        (0..layers)
            .fold(BoxService::new(service_fn(null)), |inner, _| BoxService::new(Empty(inner)))
    };
    [
        Peer {
            nine: entry("tower, static", three(three(three(service_fn(null))))),
            none: entry("tower, static", service_fn(null)),
        },
        Peer { nine: entry("tower, boxed", boxed(LAYERS)), none: entry("tower, boxed", boxed(0)) },
    ]
}

/// An empty layer: it calls the next one, and has nothing to do after it.
struct Empty<S>(S);

impl<S: Service<Box<Context>>> Service<Box<Context>> for Empty<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, ctx: Box<Context>) -> S::Future {
        self.0.call(ctx)
    }
}

/// The type that a `ServiceBuilder` would make of three layers.
fn three<S>(inner: S) -> Empty<Empty<Empty<S>>> {
    Empty(Empty(Empty(inner)))
}

fn null(mut ctx: Box<Context>) -> Ready<Back> {
    ctx.response = Some(Response::success());
    ready(Ok(ctx))
}

fn entry(
    name: &'static str,
    service: impl Service<Box<Context>, Response = Box<Context>, Error = Error> + 'static,
) -> Entry {
    let service = RefCell::new(service);
    Entry::new(name, move |world, request| {
        let ctx = Box::new(Context::new(Arc::clone(world.host()), request));
        let origin = Arc::clone(ctx.origin());
        let mut service = service.borrow_mut();
        world.finish(async move {
            let ended = async { service.ready().await?.call(ctx).await }.await;
            match ended {
                Ok(mut ctx) => {
                    let response = ctx.response.take();
                    origin.reply(Ok(()), response)
                }
                Err(error) => origin.reply(Err(error), None),
            }
        })
    })
}
