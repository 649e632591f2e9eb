//! The entries that are measured: the straight line and the four styles, each called as its users
//! call it.

use std::hint::black_box;
use std::mem::size_of_val;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pipeline::{Context, Outcome, Request, Response};
use thiserror::Error;
use wechat::Query;

use super::World;
use crate::{async_await, conversation, straight};

/// An entry that is measured.
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// Whether it can wait for an operation that is not ready.
    pub can_wait: bool,
    /// The size of the future that it returns for a request, if it returns one.
    pub future: Option<usize>,
    handle: Box<Handle>,
}

/// Returns `None` when it does not answer.
type Handle = dyn Fn(&World, Request) -> Option<Response>;

/// An entry that is not measured because its answer differs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name} is not measured: its answer to request {request} is not that of {baseline}")]
pub struct Unequal {
    /// The entry.
    pub name: &'static str,
    /// The first entry.
    pub baseline: &'static str,
    /// The number of the request, from 0.
    pub request: usize,
}

impl Entry {
    /// An entry that can wait.
    pub fn new(
        name: &'static str,
        handle: impl Fn(&World, Request) -> Option<Response> + 'static,
    ) -> Self {
        Self { name, can_wait: true, future: None, handle: Box::new(handle) }
    }

    /// The straight line.
    #[must_use]
    pub fn straight() -> Self {
        let handle = |world: &World, request| Some(straight::handle(world.host(), request));
        Self { can_wait: false, ..Self::new("straight line", handle) }
    }

    /// The straight line with other layers than the pipeline's. `run` is a function of the context.
    pub(super) fn straight_through(run: impl Fn(&mut Context) -> Outcome + 'static) -> Self {
        let handle = move |world: &World, request| {
            let mut ctx = Context::new(Arc::clone(world.host()), request);
            let outcome = run(&mut ctx);
            let response = ctx.response.take();
            Some(ctx.origin().reply(outcome, response))
        };
        Self { can_wait: false, ..Self::new("straight line", handle) }
    }

    /// The four styles.
    #[must_use]
    pub fn styles() -> Vec<Self> {
        vec![
            Self::callbacks(callbacks::pipeline()),
            Self::promises(promises::pipeline()),
            Self::generators(generators::pipeline()),
            Self::async_await(async_await::pipeline()),
        ]
    }

    /// The straight line and the four styles.
    #[must_use]
    pub fn all() -> Vec<Self> {
        [vec![Self::straight()], Self::styles()].into_iter().flatten().collect()
    }

    pub(super) fn callbacks(onion: callbacks::Onion) -> Self {
        let slot = Arc::new(Mutex::new(None));
        Self::new("callbacks", move |world, request| {
            let reply = Arc::clone(&slot);
            onion.handle(Arc::clone(world.host()), request, move |response| {
                *reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
            });
            while world.turn() {}
            slot.lock().unwrap_or_else(PoisonError::into_inner).take()
        })
    }

    /// The same entry, slowed down by some 4 to 7 per cent of a text: it reads each query once more. A
    /// measurement must notice this.
    #[must_use]
    pub fn slowed(self) -> Self {
        let handle = self.handle;
        let slowed = move |world: &World, request: Request| {
            black_box(Query::parse(black_box(&request.query)).is_ok());
            handle(world, request)
        };
        Self { name: "slowed", handle: Box::new(slowed), ..self }
    }

    /// Answers the requests one after the other. `replies` must have room for all replies, so that
    /// only the entry allocates memory.
    pub fn play(&self, world: &World, requests: Vec<Request>, replies: &mut Vec<Option<Response>>) {
        replies.extend(requests.into_iter().map(|request| (self.handle)(world, request)));
    }

    /// How long it takes to answer the requests in a new world, from the requests to the replies.
    /// Requests and world are made before the timing and dropped after it.
    ///
    /// A first play is not timed. The entry that was measured before has replaced this entry's code
    /// and branches in the processor's caches, and the first play brings them back. In a server
    /// that runs one style only, they would always be there.
    pub fn time(&self, world: impl Fn() -> World, requests: &[Request]) -> Duration {
        let play = || {
            let (world, requests) = (world(), requests.to_vec());
            let mut replies = Vec::with_capacity(requests.len());
            let started = Instant::now();
            self.play(&world, black_box(requests), &mut replies);
            let time = started.elapsed();
            black_box(&replies);
            time
        };
        play();
        play()
    }
}

/// The styles whose `handle` returns a future. This has to be a macro, because the future of
/// async/await borrows its onion.
macro_rules! polled {
    ($($style:ident $name:literal)*) => {
        impl Entry {
            $(pub(super) fn $style(onion: $style::Onion) -> Self {
                let (host, request) = (conversation::memory(), conversation::text("hello").request);
                let future = Some(size_of_val(&onion.handle(host, request)));
                let handle = move |world: &World, request| {
                    world.finish(onion.handle(Arc::clone(world.host()), request))
                };
                Self { future, ..Self::new($name, handle) }
            })*
        }
    };
}

polled! { promises "promises" generators "generators" async_await "async-await" }

/// Whether all entries answer `requests` as the first one does, each in a world of its own.
///
/// # Errors
/// The first entry that does not. An entry that is fast because it does less is not measured.
pub fn agree(
    entries: &[Entry],
    world: impl Fn(&Entry) -> World,
    requests: &[Request],
) -> Result<(), Unequal> {
    let play = |entry: &Entry| {
        let mut replies = Vec::with_capacity(requests.len());
        entry.play(&world(entry), requests.to_vec(), &mut replies);
        replies
    };
    let Some((baseline, others)) = entries.split_first() else { return Ok(()) };
    let expected = play(baseline);
    for entry in others {
        let replies = play(entry);
        let unlike = |at: &usize| replies[*at].is_none() || replies[*at] != expected[*at];
        if let Some(request) = (0..requests.len()).find(unlike) {
            return Err(Unequal { name: entry.name, baseline: baseline.name, request });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation;

    fn requests() -> Vec<Request> {
        conversation::turns().into_iter().map(|turn| turn.request).collect()
    }

    #[test]
    fn the_straight_line_answers_the_conversation_as_the_four_styles_do() {
        let entries = Entry::all();
        assert_eq!(entries.len(), 5);
        assert_eq!(agree(&entries, |_| World::ready(), &requests()), Ok(()));
    }

    #[test]
    fn who_answers_otherwise_is_not_measured() {
        let silent = Entry::new("silent", |_, _| None);
        let entries = [Entry::straight(), silent];
        let unequal = Unequal { name: "silent", baseline: "straight line", request: 0 };
        assert_eq!(agree(&entries, |_| World::ready(), &requests()), Err(unequal));
    }
}
