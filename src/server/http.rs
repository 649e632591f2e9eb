//! One request over HTTP: route, read the body within its limits, ask the style.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, TRANSFER_ENCODING};
use hyper::{Request, Response, StatusCode, Version};
use pipeline::{Error, Host, LogLine, Method};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use wechat::xml::LIMIT;
use wechat::{ParseError, Query};

use super::service::Server;
use super::under_way::UnderWay;

/// For whom a listener is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// For WeChat: the accounts.
    Accounts,
    /// For the operator: metrics and health.
    Admin,
}

/// Answers one request. Whatever is wrong becomes a response.
pub async fn answer(
    server: &Arc<Server>,
    side: Side,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    if let Some(refusal) = unclear(&request) {
        return closing(refusal);
    }
    let path = request.uri().path();
    match (side, path.strip_prefix("/wechat/")) {
        (Side::Accounts, Some(account)) if !account.is_empty() && !account.contains('/') => {
            let account = account.to_owned();
            wechat(server, account, request).await
        }
        (Side::Accounts, _) => {
            plain(StatusCode::NOT_FOUND, "not found: WeChat's URL is /wechat/{account}")
        }
        (Side::Admin, _) => admin(server, path, request.method()),
    }
}

/// What hyper lets pass and RFC 9112 does not (3.2, 6.1). A proxy that reads such a request in
/// another way would see other requests than this server.
fn unclear<B>(request: &Request<B>) -> Option<Response<Full<Bytes>>> {
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Some(plain(StatusCode::BAD_REQUEST, "send one Host"));
    }
    let mut codings = request.headers().get_all(TRANSFER_ENCODING).iter();
    let chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    match (codings.next(), codings.next()) {
        (None, _) => None,
        (Some(coding), None) if chunked(coding) => None,
        _ => Some(plain(StatusCode::NOT_IMPLEMENTED, "send no Transfer-Encoding but chunked")),
    }
}

fn admin(server: &Server, path: &str, method: &hyper::Method) -> Response<Full<Bytes>> {
    let get = method == hyper::Method::GET || method == hyper::Method::HEAD;
    match path {
        "/healthz" if get => plain(StatusCode::OK, "ok"),
        "/metrics" if get => {
            let mut response = plain(StatusCode::OK, server.metrics.text(&server.host.kept()));
            let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format));
            response
        }
        "/healthz" | "/metrics" => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "use GET");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            response
        }
        _ => plain(StatusCode::NOT_FOUND, "not found: /metrics and /healthz are here"),
    }
}

async fn wechat(
    server: &Arc<Server>,
    account: String,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let method = match *request.method() {
        hyper::Method::GET => Method::Get,
        hyper::Method::POST => Method::Post,
        _ => Method::Other,
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    if method != Method::Post || !server.host.knows(&account) || Query::parse(&query).is_err() {
        // Clause 5.2: the style decides this without the body, so the body is not waited for.
        let is_whole = request.body().is_end_stream();
        let request = pipeline::Request { method, account, query, body: vec![] };
        let answer = ask(server, request, None).await;
        return if is_whole { answer } else { closing(answer) };
    }
    let body = match in_time(server.caps.arrival, read(request.into_body())).await {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return server.refused(account, *refusal),
        Err(_) => {
            let refusal = plain(StatusCode::REQUEST_TIMEOUT, "the body did not arrive");
            return server.refused(account, closing(refusal));
        }
    };
    // Counted once it has arrived, so that slow clients cannot crowd out the others.
    let Ok(permit) = Arc::clone(&server.under_way).try_acquire_owned() else {
        // Anything else would show the user an error.
        server.metrics.shed.inc();
        return server.refused(account, http(pipeline::Response::success()));
    };
    ask(server, pipeline::Request { method, account, query, body }, Some(permit)).await
}

/// Asks the style. What has to wait does so in a task of its own: the work goes on when the client
/// hangs up, so that a repeat gets the stored answer. Most answers are there without a wait, and a
/// task for each would cost two wake-ups.
async fn ask(
    server: &Server,
    request: pipeline::Request,
    permit: Option<OwnedSemaphorePermit>,
) -> Response<Full<Bytes>> {
    let (host, metrics) = (Arc::clone(&server.host), Arc::clone(&server.metrics));
    let host = UnderWay::new(host, metrics, permit, server.tasks.token());
    let mut answer = AssertUnwindSafe(server.style.start(host, request)).catch_unwind();
    let answer = match (&mut answer).now_or_never() {
        Some(answer) => answer.ok(),
        None => server.tasks.spawn(answer).await.ok().and_then(Result::ok),
    };
    http(answer.unwrap_or_else(|| Error::Panicked.response()))
}

impl Server {
    /// Logs and counts a request that the style never saw.
    fn refused(&self, account: String, response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
        self.host.log(LogLine {
            account,
            kind: "-",
            unit: "-",
            repeat: false,
            status: response.status().as_u16(),
            elapsed: Duration::ZERO,
        });
        response
    }
}

/// What arrives within its time. Nearly every body is there with its head, but hyper begins to hand it
/// over only when it is asked for it. So the timer is armed after the second look.
async fn in_time<T>(time: Duration, arriving: impl Future<Output = T>) -> Result<T, Elapsed> {
    let mut arriving = pin!(arriving);
    let mut is_asked = false;
    let looked = poll_fn(|cx| match arriving.as_mut().poll(cx) {
        Poll::Ready(arrived) => Poll::Ready(Some(arrived)),
        Poll::Pending if is_asked => Poll::Ready(None),
        Poll::Pending => {
            is_asked = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    });
    match looked.await {
        Some(arrived) => Ok(arrived),
        None => timeout(time, arriving).await,
    }
}

/// Reads a body, refused at once when its announced length is over the limit.
async fn read(body: Incoming) -> Result<Vec<u8>, Box<Response<Full<Bytes>>>> {
    let announced = body.size_hint().lower();
    if announced > LIMIT as u64 {
        return Err(Box::new(too_large(announced)));
    }
    match whole(Limited::new(body, LIMIT)).await {
        Ok(body) => Ok(body),
        Err(error) if error.is::<LengthLimitError>() => Err(Box::new(too_large(LIMIT as u64 + 1))),
        Err(_) => Err(Box::new(closing(plain(StatusCode::BAD_REQUEST, "the body is broken")))),
    }
}

/// A body in one piece. Not by `collect`, which keeps a list of pieces: there is nearly always one.
async fn whole(mut body: Limited<Incoming>) -> Result<Vec<u8>, <Limited<Incoming> as Body>::Error> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole)
}

/// The rest of the body is not read, so the connection ends here.
fn too_large(bytes: u64) -> Response<Full<Bytes>> {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    closing(http(Error::Body(ParseError::TooLarge(bytes)).response()))
}

/// The same response, after which the connection ends.
pub fn closing(mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn plain(
    status: StatusCode,
    body: impl Into<std::borrow::Cow<'static, str>>,
) -> Response<Full<Bytes>> {
    http(pipeline::Response::text(status.as_u16(), body))
}

fn http(response: pipeline::Response) -> Response<Full<Bytes>> {
    let pipeline::Response { status, content_type, allow, body } = response;
    let body = match body {
        std::borrow::Cow::Borrowed(body) => Bytes::from_static(body.as_bytes()),
        std::borrow::Cow::Owned(body) => Bytes::from(body),
    };
    let mut http = Response::new(Full::new(body));
    *http.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    http.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(allow) = allow {
        http.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    }
    http
}
