//! The API over HTTP, the orders for its failures, and what users do.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use thiserror::Error;
use tokio::net::TcpListener;

use super::act::Act;
use super::api::{Call, Method};
use super::live::Live;

/// `POST` an [`Order`](super::Order) as JSON here: `{"trouble": "busy"}`.
pub const ORDERS_PATH: &str = "/platform/orders";

/// `POST` what a user does as JSON here:
/// `{"app_id": "wx…", "user": "alice", "act": {"text": "hi"}}`.
pub const ACTS_PATH: &str = "/platform/acts";

/// The largest call that is read, in bytes.
const LIMIT: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acting {
    app_id: String,
    user: String,
    act: Act,
}

/// hyper closes a connection without an answer when its service fails.
#[derive(Debug, Error)]
#[error("the connection was ordered to end without an answer")]
struct Dropped;

/// Serves the API of `live` for ever.
///
/// # Errors
/// When no connection can be accepted.
pub async fn serve(live: Arc<Live>, listener: TcpListener) -> io::Result<Infallible> {
    loop {
        let (stream, _) = listener.accept().await?;
        let live = Arc::clone(&live);
        let service = service_fn(move |request| answer(Arc::clone(&live), request));
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new());
        // It does not matter how a client disconnects.
        let connection = http1.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn answer(
    live: Arc<Live>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let method = match *request.method() {
        hyper::Method::GET => Method::Get,
        hyper::Method::POST => Method::Post,
        _ => return Ok(response(StatusCode::METHOD_NOT_ALLOWED, "use GET or POST")),
    };
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let Ok(body) = Limited::new(request.into_body(), LIMIT).collect().await else {
        return Ok(response(StatusCode::PAYLOAD_TOO_LARGE, "the body is broken or too large"));
    };
    let body = body.to_bytes().to_vec();
    match &*path {
        ORDERS_PATH => Ok(match serde_json::from_slice(&body) {
            Ok(order) => {
                live.with(|platform, _| platform.orders().add(order));
                response(StatusCode::OK, "{}")
            }
            Err(error) => response(StatusCode::BAD_REQUEST, error.to_string()),
        }),
        ACTS_PATH => Ok(match serde_json::from_slice(&body) {
            Ok(acting) => acted(&live, acting).await,
            Err(error) => response(StatusCode::BAD_REQUEST, error.to_string()),
        }),
        _ => {
            let call = Call { method, path, query, body };
            Ok(response(StatusCode::OK, live.call(&call).await.ok_or(Dropped)?))
        }
    }
}

/// Answers when the message is answered, or given up. It goes on when the client hangs up.
async fn acted(live: &Arc<Live>, Acting { app_id, user, act }: Acting) -> Response<Full<Bytes>> {
    let live = Arc::clone(live);
    let acting = tokio::spawn(async move { live.act(&app_id, &user, &act).await });
    match acting.await {
        Ok(Ok(())) => response(StatusCode::OK, "{}"),
        Ok(Err(error)) => response(StatusCode::BAD_REQUEST, error.to_string()),
        Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, "the platform has stopped"),
    }
}

fn response(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let json = hyper::header::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
