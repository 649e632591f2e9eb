//! The four compositions behind one trait, so that a test of a clause is written only once.
#![allow(dead_code, reason = "each test uses its part of this")]

pub mod async_await;
pub mod callbacks;
pub mod desk;
pub mod generators;
pub mod promises;
pub mod script;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};

use ::pipeline::{Context, Host, Method, Request, Response, Rule, Verdict};

use desk::{Desk, note};
use script::Script;

/// One way of putting layers around each other.
pub trait Style: Sync {
    /// Composes layers, outermost first, with a queue of units inside them if there are any.
    fn onion(&self, layers: &[Script], units: &[Unit]) -> Onion;

    /// Composes layers, outermost first.
    fn compose(&self, layers: &[Script]) -> Onion {
        self.onion(layers, &[])
    }
}

/// A composition: answers one request.
pub type Onion = Box<dyn Fn(Arc<dyn Host>, Request) -> Call>;

/// A request under way. Nothing happens before it is first polled.
pub type Call = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A unit that passes the message on.
#[derive(Clone, Copy)]
pub enum Unit {
    /// At once.
    Rule,
    /// After an operation.
    Waits,
}

/// The unit that passes at once.
pub struct Pass;

impl Rule for Pass {
    fn name(&self) -> &'static str {
        "pass"
    }

    fn decide(&self, ctx: &mut Context) -> Verdict {
        note(ctx, 1);
        Verdict::Pass
    }
}

/// A request. No clause looks at it.
pub fn request() -> Request {
    let (account, query) = (String::new(), String::new());
    Request { method: Method::Get, account, query, body: Vec::new() }
}

/// Runs as far as possible without completing an operation.
pub fn poll(call: &mut Call) -> Option<Response> {
    match call.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(response) => Some(response),
        Poll::Pending => None,
    }
}

/// Runs a request to its end: operations complete in the order in which they were submitted.
pub fn finish(onion: &Onion, desk: &Arc<Desk>) -> Response {
    let mut call = onion(desk.clone(), request());
    loop {
        if let Some(response) = poll(&mut call) {
            return response;
        }
        assert!(desk.complete(), "the request waits for nothing");
    }
}

/// Cancels a request: drops its future and the continuations that its host holds.
pub fn cancel(call: Call, desk: &Desk) {
    drop(call);
    desk.discard();
}

/// Makes four tests of each clause, one a style.
#[macro_export]
macro_rules! clauses {
    ($($(#[$attribute:meta])* fn $name:ident($style:ident) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            fn clause($style: &'static dyn styles::Style) $body

            #[test]
            fn callbacks() {
                clause(&styles::callbacks::Callbacks);
            }

            #[test]
            fn promises() {
                clause(&styles::promises::Promises);
            }

            #[test]
            fn generators() {
                clause(&styles::generators::Generators);
            }

            #[test]
            fn async_await() {
                clause(&styles::async_await::AsyncAwait);
            }
        }
    )*};
}
