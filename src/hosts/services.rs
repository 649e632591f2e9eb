//! The services of the configuration, called over HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::{AbortHandle, Abortable};
use pipeline::{Call, Called, Failure, Fault, Operation, Pending};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio_util::task::TaskTracker;
use wechat::Secret;

/// How long a call may take if the configuration says nothing else.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// The longest answer that is read, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// Services by name.
pub type Directory = BTreeMap<&'static str, Service>;

/// Where a service is, and how it is called.
#[derive(Debug, Clone)]
pub struct Service {
    /// Only [`at`](Self::at) sets it, which checks it.
    url: Url,
    /// Sent as `Authorization: Bearer`, if there is one.
    pub key: Option<Secret>,
    /// How long a call may take, from the connection to the last byte of the answer.
    pub timeout: Duration,
}

/// Why an address is none of a service. The address is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It is no URL, or not one of HTTP.
    #[error("this is no address of a service: write it like \"https://api.example.com\"")]
    Url,
    /// A user, a password, a query or a fragment.
    #[error(
        "an address has no user, password, query or fragment: write only scheme, host, port and path"
    )]
    Extra,
}

impl Service {
    /// The service at this base address, to whose path the paths of calls are appended.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn at(address: &str) -> Result<Self, AddressError> {
        let url = Url::parse(address).map_err(|_| AddressError::Url)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(AddressError::Url);
        }
        let user = !url.username().is_empty() || url.password().is_some();
        if user || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Extra);
        }
        Ok(Self { url, key: None, timeout: TIMEOUT })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }
}

/// Why a call has no answer. Not the text of reqwest's error, which may contain the query and so a
/// token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum CallError {
    #[error("the configuration has no such service")]
    Unknown,
    #[error("the request cannot be made")]
    Request,
    #[error("no connection")]
    Connect,
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke")]
    Broken,
    #[error("the answer is longer than {LIMIT} bytes")]
    TooLong,
}

impl CallError {
    fn fault(self) -> Fault {
        match self {
            Self::Unknown | Self::Request | Self::TooLong => Fault::Permanent,
            Self::Connect | Self::TimedOut | Self::Broken => Fault::Transient,
        }
    }
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        match error {
            error if error.is_builder() => Self::Request,
            error if error.is_timeout() => Self::TimedOut,
            error if error.is_connect() => Self::Connect,
            _ => Self::Broken,
        }
    }
}

/// The services that can be called now.
pub struct Services {
    directory: RwLock<Directory>,
    /// `None` if there is no TLS, which does not happen.
    client: Option<Client>,
    tasks: TaskTracker,
}

impl Services {
    /// These services. Calls run on `tasks`.
    #[must_use]
    pub fn new(directory: Directory, tasks: TaskTracker) -> Self {
        Self { directory: RwLock::new(directory), client: client(), tasks }
    }

    /// Changes the services. Calls under way go on to where they were sent.
    pub fn reload(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// [`Host::call`](pipeline::Host::call). Whoever drops it closes the connection.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn call(&self, call: Call) -> Pending<Called> {
        let Call { service, path, .. } = call;
        let request = match self.request(call) {
            Ok(request) => request,
            Err(error) => return Pending::ended(Err(failed(service, path, error))),
        };
        let (abort, aborted) = AbortHandle::new_pair();
        let (completer, pending) = Pending::reclaimed(Operation::Call, move |_| abort.abort());
        let sending = async move {
            let called = send(request).await;
            completer.complete(called.map_err(|error| failed(service, path, error)));
        };
        self.tasks.spawn(Abortable::new(sending, aborted));
        pending
    }

    fn named(&self, name: &str) -> Option<Service> {
        let directory = self.directory.read().unwrap_or_else(PoisonError::into_inner);
        directory.get(name).cloned()
    }

    fn request(&self, call: Call) -> Result<RequestBuilder, CallError> {
        let service = self.named(call.service).ok_or(CallError::Unknown)?;
        let client = self.client.as_ref().ok_or(CallError::Request)?;
        let method = if call.json.is_some() { Method::POST } else { Method::GET };
        let mut request = client
            .request(method, service.url(call.path))
            .query(&call.query)
            .timeout(service.timeout);
        if let Some(key) = &service.key {
            request = request.bearer_auth(key.expose());
        }
        Ok(match call.json {
            Some(json) => request.header(CONTENT_TYPE, "application/json").body(json),
            None => request,
        })
    }
}

/// A redirect is an answer like any other, and the environment names no proxy: only the
/// configuration says where a token is sent. The roots are built in, because a small machine may
/// have none.
fn client() -> Option<Client> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls);
    client.redirect(Policy::none()).no_proxy().build().ok()
}

async fn send(request: RequestBuilder) -> Result<Called, CallError> {
    let mut response = request.send().await?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LIMIT {
            return Err(CallError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Called { status, body })
}

/// Tells the operator, and makes it the failure of the operation.
fn failed(service: &str, path: &str, error: CallError) -> Failure {
    tracing::warn!(service, path, %error, "a call of a service failed");
    Failure { operation: Operation::Call, fault: error.fault() }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(test);
    }

    /// A service that is played by the test, and the services that know it as `ask-first`.
    async fn service(change: impl FnOnce(&mut Service)) -> (TcpListener, Services) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut service = Service::at(&format!("http://{address}/base/")).expect("an address");
        change(&mut service);
        let directory = Directory::from([("ask-first", service)]);
        (listener, Services::new(directory, TaskTracker::new()))
    }

    fn question() -> Call {
        Call::get("ask-first", "/v1").with("name", "北京 & 上海")
    }

    /// Takes the next request without its body.
    async fn asked(listener: &TcpListener) -> (TcpStream, String) {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        (stream, String::from_utf8(head).expect("text"))
    }

    /// The ending of a call that is answered with these bytes.
    async fn answered(answer: &str) -> Result<Called, Failure> {
        let (listener, services) = service(|_| {}).await;
        let pending = services.call(question());
        let (mut stream, _) = asked(&listener).await;
        stream.write_all(answer.as_bytes()).await.expect("sent");
        drop(stream);
        pending.await
    }

    fn failed(fault: Fault) -> Result<Called, Failure> {
        Err(Failure { operation: Operation::Call, fault })
    }

    #[test]
    fn a_call_goes_to_the_address_of_the_configuration_with_its_key() {
        run(async {
            let (listener, services) =
                service(|service| service.key = Some(Secret::new("hush"))).await;
            let pending = services.call(question());
            let (mut stream, head) = asked(&listener).await;
            let line = "GET /base/v1?name=%E5%8C%97%E4%BA%AC+%26+%E4%B8%8A%E6%B5%B7 HTTP/1.1\r\n";
            assert!(head.starts_with(line), "{head}");
            assert!(head.contains("authorization: Bearer hush\r\n"), "{head}");
            stream.write_all(b"HTTP/1.1 418 I\r\nContent-Length: 2\r\n\r\n{}").await.expect("sent");
            assert_eq!(pending.await, Ok(Called { status: 418, body: b"{}".to_vec() }));
        });
    }

    #[test]
    fn a_call_with_a_body_is_a_post_of_json() {
        run(async {
            let (listener, services) = service(|_| {}).await;
            let pending = services.call(Call::post("ask-first", "/v1", "{\"a\":1}".to_owned()));
            let (mut stream, head) = asked(&listener).await;
            assert!(head.starts_with("POST /base/v1 HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("content-type: application/json\r\n"), "{head}");
            assert!(!head.contains("authorization"), "{head}");
            let mut body = [0; 7];
            stream.read_exact(&mut body).await.expect("a body");
            assert_eq!(&body, b"{\"a\":1}");
            drop(pending);
        });
    }

    #[test]
    fn a_redirect_is_an_answer_and_is_not_followed() {
        run(async {
            let answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
            assert_eq!(answered(answer).await, Ok(Called { status: 302, body: vec![] }));
        });
    }

    #[test]
    fn an_answer_of_64_kib_is_read_and_a_longer_one_fails_for_good() {
        run(async {
            let answer = |length| {
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(length))
            };
            let longest = answered(&answer(LIMIT)).await;
            assert_eq!(longest.map(|called| called.body.len()), Ok(LIMIT));
            assert_eq!(answered(&answer(LIMIT + 1)).await, failed(Fault::Permanent));
        });
    }

    #[test]
    fn a_service_that_is_down_slow_or_breaks_off_may_work_the_next_time() {
        run(async {
            let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
            for answer in ["", "no HTTP\r\n\r\n", half] {
                assert_eq!(answered(answer).await, failed(Fault::Transient), "{answer}");
            }
            let (listener, services) = service(|_| {}).await;
            drop(listener);
            assert_eq!(services.call(question()).await, failed(Fault::Transient));
            let (_open, services) =
                service(|service| service.timeout = Duration::from_millis(20)).await;
            assert_eq!(services.call(question()).await, failed(Fault::Transient));
        });
    }

    #[test]
    fn a_call_of_an_https_address_begins_with_tls() {
        run(async {
            let (listener, services) = service(|service| {
                service.url.set_scheme("https").expect("it may change");
            })
            .await;
            let pending = services.call(question());
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let handshake = 22;
            assert_eq!(stream.read_u8().await.expect("a record"), handshake);
            drop(stream);
            assert_eq!(pending.await, failed(Fault::Transient));
        });
    }

    #[test]
    fn an_unknown_service_and_a_key_that_cannot_be_sent_fail_for_good() {
        run(async {
            let (_listener, services) = service(|_| {}).await;
            let unknown = services.call(Call::get("ask-second", "/v1")).await;
            assert_eq!(unknown, failed(Fault::Permanent));
            services.reload(Directory::new());
            assert_eq!(services.call(question()).await, failed(Fault::Permanent));
            let (_listener, services) =
                service(|service| service.key = Some(Secret::new("a\nb"))).await;
            assert_eq!(services.call(question()).await, failed(Fault::Permanent));
        });
    }

    #[test]
    fn a_call_that_is_dropped_or_cancelled_closes_its_connection() {
        run(async {
            let give_up: [fn(Pending<Called>); 2] =
                [|pending| drop(pending), |pending| pending.subscribe(|_| {}).cancel()];
            for give_up in give_up {
                // Its own time-out would close it as well, but much later.
                let hour = Duration::from_secs(3_600);
                let (listener, services) = service(|service| service.timeout = hour).await;
                let pending = services.call(question());
                let (mut stream, _) = asked(&listener).await;
                give_up(pending);
                let mut rest = [0];
                let closed = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut rest));
                assert_eq!(closed.await.expect("it is open").expect("no error"), 0);
            }
        });
    }

    #[test]
    fn an_address_is_scheme_host_port_and_path() {
        for good in ["http://127.0.0.1:9100", "https://api.example.com/v2/"] {
            assert!(Service::at(good).is_ok(), "{good}");
        }
        for bad in ["", "api.example.com", "ftp://example.com", "http://", "file:///etc/passwd"] {
            assert_eq!(Service::at(bad).err(), Some(AddressError::Url), "{bad}");
        }
        for extra in
            ["https://me@example.com", "https://a:b@example.com", "http://a?b", "http://a#b"]
        {
            assert_eq!(Service::at(extra).err(), Some(AddressError::Extra), "{extra}");
        }
    }

    #[test]
    fn a_key_does_not_print() {
        let mut service = Service::at("http://127.0.0.1").expect("an address");
        service.key = Some(Secret::new("hush"));
        assert!(!format!("{service:?}").contains("hush"));
    }
}
