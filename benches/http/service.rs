//! The services that are measured: the server of a style, the bare one or a Node original, each in
//! its own process.

use std::convert::Infallible;
use std::future::pending;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use four_ways::conversation;
use four_ways::measure::node::Original;
use four_ways::measure::process::Process;
use four_ways::server::logs::{self, Format};
use four_ways::server::{Caps, Listeners, Server};
use four_ways::styles;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use pipeline::exchanges::Limits;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::request;

/// The name of the service that does nothing but read a request and return fixed bytes.
pub const BARE: &str = "bare hyper";

/// A service in a process of its own.
pub struct Service {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The length of every answer, if it is known before.
    pub length: Option<usize>,
    process: Process,
}

impl Service {
    /// This binary, started again.
    pub fn start(name: &'static str) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        // Nobody reads the log: a disk or a terminal would be measured, too.
        command.args(["--serve", name]).stderr(Stdio::null());
        Self::of(name, Some(request::answer().len()), command)
    }

    /// A Node original, started by this command.
    pub fn original(original: Original, command: Command) -> io::Result<Self> {
        Self::of(original.bot, None, command)
    }

    fn of(name: &'static str, length: Option<usize>, command: Command) -> io::Result<Self> {
        let process = Process::start(command)?;
        Ok(Self { name, address: process.address, length, process })
    }

    /// The processor time that it has used, if the system tells it.
    pub fn processor_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // The name in parentheses may contain spaces. User and system time are the 14th and 15th
        // fields, in hundredths of a second.
        let (_, fields) = stat.rsplit_once(") ")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
        Some(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>().ok()?))
    }
}

/// Runs a service until standard input ends, on the same runtime as `four-ways serve`.
pub fn serve(name: &str) -> io::Result<()> {
    Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let end = async {
            let parent = || io::stdin().read_to_end(&mut Vec::new());
            drop(tokio::task::spawn_blocking(parent).await);
        };
        match styles::named(name) {
            Some(style) => {
                let _log = logs::start(Format::Text)?;
                let accounts = vec![conversation::account()];
                let server = Server::new(style, accounts, Limits::default(), Caps::default());
                let listeners = Listeners { accounts: listener, admin: None };
                server.run(listeners, end, pending()).await;
                Ok(())
            }
            None => tokio::select! {
                ended = bare(listener) => ended,
                () = end => Ok(()),
            },
        }
    })
}

/// Only hyper, used as [`Server::run`] uses it.
async fn bare(listener: TcpListener) -> io::Result<()> {
    let answer = Bytes::from(request::answer());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = answer.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = answer.clone();
            async move {
                // A request is not over before its body has been read.
                drop(request.into_body().collect().await);
                let mut response = Response::new(Full::new(answer));
                let xml = HeaderValue::from_static("text/xml; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, xml);
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(Caps::default().http1().serve_connection(TokioIo::new(stream), service));
    }
}
