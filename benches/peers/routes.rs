//! Layers as axum middleware, around a handler behind a route. A server clones the router for each
//! request, and this bench does the same. There is no context: the state of a request is its
//! `http::Request`.

use std::error::Error;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{self, header};
use axum::middleware::{Next, from_fn};
use axum::routing::post;
use four_ways::measure::Entry;
use pipeline::{Request, Response};
use tower::{Service, ServiceBuilder};

use crate::peer::{LAYERS, Peer};

/// Two peers: the layers are added to the router one by one, or all at once by a `ServiceBuilder`,
/// as axum's documentation advises.
pub fn peers() -> [Peer; 2] {
    let none = || Router::new().route("/wechat/{account}", post(null));
    let layer = || from_fn(empty);
    let by_one = (0..LAYERS).fold(none(), |router, _| router.layer(layer()));
    let at_once = ServiceBuilder::new();
    let at_once = at_once.layer(layer()).layer(layer()).layer(layer());
    let at_once = at_once.layer(layer()).layer(layer()).layer(layer());
    let at_once = at_once.layer(layer()).layer(layer()).layer(layer());
    let peer = |name, router| Peer { nine: entry(name, router), none: entry(name, none()) };
    [peer("axum, layer by layer", by_one), peer("axum, ServiceBuilder", none().layer(at_once))]
}

/// An empty layer: it runs the next one, and has nothing to do after it.
async fn empty(request: http::Request<Body>, next: Next) -> http::Response<Body> {
    next.run(request).await
}

async fn null() -> &'static str {
    "success"
}

fn entry(name: &'static str, router: Router) -> Entry {
    Entry::new(name, move |world, request| {
        let mut router = router.clone();
        world.finish(async move {
            let answer = async { taken_apart(router.call(made(request)?).await?).await }.await;
            answer.unwrap_or_else(|error| Response::text(500, error.to_string()))
        })
    })
}

fn made(request: Request) -> http::Result<http::Request<Body>> {
    let Request { account, query, body, .. } = request;
    let path = format!("/wechat/{account}?{query}");
    http::Request::post(path).body(Body::from(body))
}

async fn taken_apart(response: http::Response<Body>) -> Result<Response, Box<dyn Error>> {
    let (parts, body) = response.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE).ok_or("no Content-Type")?;
    let text = to_bytes(body, usize::MAX).await?;
    let text = str::from_utf8(&text)?.to_owned();
    let response = Response::text(parts.status.as_u16(), text);
    if content_type != response.content_type {
        return Err("another Content-Type".into());
    }
    Ok(response)
}
