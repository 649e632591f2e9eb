//! A small HTTP/1.1 client: one connection for each request, so that giving up the request closes
//! its connection, as WeChat does.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{StatusCode, Uri};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

use super::push::{Answer, Request};

/// The largest answer that is read, in bytes.
const LIMIT: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum SendError {
    /// The URL cannot be used.
    #[error("{0:?} is no URL of a server: write http://host:port/path")]
    Url(String),
    /// Nobody listens there.
    #[error("cannot connect to {0}: {1}")]
    Connect(String, std::io::Error),
    /// The connection ended before the answer, or what came is not HTTP.
    #[error("the connection broke: {0}")]
    Broken(#[from] hyper::Error),
    /// The answer's body broke off, or is too large.
    #[error("the answer broke off, or is larger than {LIMIT} bytes")]
    Body,
}

/// Sends a request to its URL and reads the answer. Dropping the future closes the connection.
///
/// # Errors
/// See [`SendError`].
pub async fn send(request: Request) -> Result<Answer, SendError> {
    let unusable = |_| SendError::Url(base(&request.url));
    let uri: Uri = request.url.parse().map_err(|_| unusable(()))?;
    let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(unusable(()));
    };
    let (host, port) = (authority.host(), authority.port_u16().unwrap_or(80));
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await;
    let stream = stream.map_err(|error| SendError::Connect(authority.to_string(), error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let http = hyper::Request::builder()
        .method(request.method)
        .uri(target)
        .header(HOST, authority.as_str())
        .header(USER_AGENT, "Mozilla/4.0")
        .header(CONTENT_TYPE, "text/xml")
        .body(Full::<Bytes>::from(request.body.clone()))
        .map_err(|_| unusable(()))?;
    let exchange = async {
        let response = sender.send_request(http).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LIMIT).collect().await;
        let body = body.map_err(|_| SendError::Body)?.to_bytes();
        Ok(Answer { status: StatusCode::as_u16(&status), body: body.into() })
    };
    // The connection is part of this future and not a task, so that it ends with the future.
    tokio::pin!(connection);
    tokio::pin!(exchange);
    tokio::select! {
        biased;
        answer = &mut exchange => answer,
        ended = &mut connection => {
            ended?;
            exchange.await
        }
    }
}

/// A URL without its query, which holds a signature.
fn base(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}
