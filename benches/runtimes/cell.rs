//! A style on a runtime.

use std::collections::HashSet;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use four_ways::conversation::{self, TOKEN};
use four_ways::straight;
use four_ways::styles;
use kit::Style;
use kit::scenario::EPOCH;
use pipeline::{Request, Response};
use wechat::{Token, signature};

use crate::host::World;
use crate::runtime::{self, Named, Runtime};

/// The name of the row that has no runtime.
pub const OWN_QUEUE: &str = "own queue";

/// A style on a runtime.
pub struct Cell {
    pub runtime: &'static str,
    pub style: &'static str,
    way: Way,
}

enum Way {
    /// The style as the server calls it: a boxed future that becomes a task.
    Task(Rc<dyn Runtime>, Style),
    /// Callbacks without a runtime.
    OwnQueue(callbacks::Onion),
}

impl Cell {
    /// All cells of these runtimes, and the one that has none. The first one is the baseline: the
    /// future that the compiler makes of `async`, polled by the simplest loop that can poll it.
    pub fn all(runtimes: Vec<Named>) -> Vec<Self> {
        let mut cells = Vec::new();
        for (runtime, adapter) in runtimes {
            for style in styles::all().into_iter().rev() {
                let way = Way::Task(Rc::clone(&adapter), style.clone());
                cells.push(Self { runtime, style: style.name, way });
            }
        }
        let way = Way::OwnQueue(callbacks::pipeline());
        cells.push(Self { runtime: OWN_QUEUE, style: "callbacks", way });
        cells
    }

    /// Answers the crowds one after the other. Returns how long that took, from the requests to the
    /// responses, including spawning and joining.
    pub fn play(
        &self,
        world: &World,
        crowds: Vec<Vec<Request>>,
    ) -> io::Result<(Duration, Vec<Response>)> {
        if let Way::Task(runtime, _) = &self.way
            && world.waits
        {
            runtime.drive(Arc::clone(&world.timers));
        }
        let mut responses = Vec::with_capacity(crowds.iter().map(Vec::len).sum());
        let started = Instant::now();
        for crowd in crowds {
            responses.append(&mut self.answer(world, crowd)?);
        }
        Ok((started.elapsed(), responses))
    }

    fn answer(&self, world: &World, crowd: Vec<Request>) -> io::Result<Vec<Response>> {
        match &self.way {
            Way::Task(runtime, style) => {
                let start = |request| style.start(Arc::clone(&world.host), request);
                runtime.all(&world.timers, &mut crowd.into_iter().map(start))
            }
            Way::OwnQueue(onion) => Ok(runtime::own_queue(onion, world, crowd)),
        }
    }

    /// An error if the cell does not give the answers of the straight line.
    pub fn check(&self, responses: &[Response], expected: &[Response]) -> io::Result<()> {
        if responses == expected {
            return Ok(());
        }
        let Self { runtime, style, .. } = self;
        let mut pairs = responses.iter().zip(expected);
        let at = pairs.position(|(response, expected)| response != expected);
        let at = at.unwrap_or(responses.len().min(expected.len()));
        let what = format!("{style} on {runtime}: response {at} is not that of the straight line");
        Err(io::Error::other(what))
    }
}

/// Requests of `count` users. Each user has one request, so a request waits only for the timers.
pub fn requests(count: usize) -> Vec<Request> {
    let hello = conversation::text("hello").request;
    let body = String::from_utf8_lossy(&hello.body);
    let timestamp = EPOCH.as_secs().to_string();
    let request = |user: usize| {
        let nonce = user.to_string();
        let signature = signature::sign(&Token::new(TOKEN), &timestamp, &nonce);
        let query = format!("signature={signature}&timestamp={timestamp}&nonce={nonce}");
        let name = format!("oFourWays{user:019}");
        let body = body.replace("oFourWaysAlice_2sgVt7hMZOPfL", &name).into_bytes();
        Request { query, body, ..hello.clone() }
    };
    (0..count).map(request).collect()
}

/// The answers of the straight line.
///
/// # Errors
/// When two users get the same answer, because then the responses could not be told apart.
pub fn expected(requests: &[Request]) -> io::Result<Vec<Response>> {
    let host = conversation::memory();
    let responses: Vec<_> =
        requests.iter().map(|request| straight::handle(&host, request.clone())).collect();
    let bodies: HashSet<_> = responses.iter().map(|response| &response.body).collect();
    if bodies.len() < responses.len() {
        return Err(io::Error::other("two users get the same response"));
    }
    Ok(responses)
}
