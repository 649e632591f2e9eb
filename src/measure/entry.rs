//! The entries that are measured: the straight line and the four styles, each called as its users
//! call it.

use std::hint::black_box;
use std::mem::size_of_val;
use std::rc::Rc;
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
    /// Answers two requests at once, if it can.
    both: Option<Box<Both>>,
}

/// Returns `None` when it does not answer.
type Handle = dyn Fn(&World, Request) -> Option<Response>;

type Both = dyn Fn(&World, [Request; 2]) -> [Option<Response>; 2];

/// Why an entry is not measured: it differs from the first one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unequal {
    /// Its answer differs.
    #[error("{name} is not measured: its answer to request {request} is not that of {baseline}")]
    Answer {
        /// The entry.
        name: &'static str,
        /// The first entry.
        baseline: &'static str,
        /// The number of the request, from 0.
        request: usize,
    },
    /// It calls the services more or less often.
    #[error("{name} is not measured: it makes {calls} calls, {baseline} makes {expected}")]
    Calls {
        /// The entry.
        name: &'static str,
        /// How many calls it makes.
        calls: usize,
        /// The first entry.
        baseline: &'static str,
        /// How many calls that one makes.
        expected: usize,
    },
}

impl Entry {
    /// An entry that can wait.
    pub fn new(
        name: &'static str,
        handle: impl Fn(&World, Request) -> Option<Response> + 'static,
    ) -> Self {
        Self { name, can_wait: true, future: None, handle: Box::new(handle), both: None }
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
        let slots = [(); 2].map(|()| Arc::new(Mutex::new(None)));
        let onion = Rc::new(onion);
        let start = {
            let slots = slots.clone();
            move |world: &World, at: usize, request| {
                let reply = Arc::clone(&slots[at]);
                onion.handle(Arc::clone(world.host()), request, move |response| {
                    *reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
                });
            }
        };
        let taken =
            move |at: usize| slots[at].lock().unwrap_or_else(PoisonError::into_inner).take();
        let (start, taken) = (Rc::new(start), Rc::new(taken));
        let (start_both, taken_both) = (Rc::clone(&start), Rc::clone(&taken));
        let entry = Self::new("callbacks", move |world, request| {
            start(world, 0, request);
            while world.turn() {}
            taken(0)
        });
        entry.answering_both(move |world, [one, other]| {
            start_both(world, 0, one);
            start_both(world, 1, other);
            while world.turn() {}
            [taken_both(0), taken_both(1)]
        })
    }

    fn answering_both(
        self,
        both: impl Fn(&World, [Request; 2]) -> [Option<Response>; 2] + 'static,
    ) -> Self {
        Self { both: Some(Box::new(both)), ..self }
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

    /// Answers the requests one after the other, or two at a time if the world wants that and the
    /// entry can. `replies` must have room for all replies, so that only the entry allocates memory.
    pub fn play(&self, world: &World, requests: Vec<Request>, replies: &mut Vec<Option<Response>>) {
        let mut requests = requests.into_iter();
        if let Some(both) = self.both.as_ref().filter(|_| world.is_in_pairs()) {
            while let (Some(one), Some(other)) = (requests.next(), requests.next()) {
                replies.extend(both(world, [one, other]));
            }
        }
        replies.extend(requests.map(|request| (self.handle)(world, request)));
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
                let onion = Rc::new(onion);
                let other = Rc::clone(&onion);
                let handle = move |world: &World, request| {
                    world.finish(onion.handle(Arc::clone(world.host()), request))
                };
                let entry = Self { future, ..Self::new($name, handle) };
                entry.answering_both(move |world, requests| {
                    world.finish_both(
                        requests.map(|request| other.handle(Arc::clone(world.host()), request)),
                    )
                })
            })*
        }
    };
}

polled! { promises "promises" generators "generators" async_await "async-await" }

/// Whether all entries answer `requests` as the first one does, each in a world of its own, and
/// call the services as often.
///
/// # Errors
/// The first entry that does not. An entry that is fast because it does less is not measured.
pub fn agree(
    entries: &[Entry],
    world: impl Fn(&Entry) -> World,
    requests: &[Request],
) -> Result<(), Unequal> {
    let play = |entry: &Entry| {
        let (world, mut replies) = (world(entry), Vec::with_capacity(requests.len()));
        entry.play(&world, requests.to_vec(), &mut replies);
        (replies, world.calls())
    };
    let Some((first, others)) = entries.split_first() else { return Ok(()) };
    let (answers, expected) = play(first);
    let baseline = first.name;
    for entry in others {
        let (name, (replies, calls)) = (entry.name, play(entry));
        let unlike = |at: &usize| replies[*at].is_none() || replies[*at] != answers[*at];
        if let Some(request) = (0..requests.len()).find(unlike) {
            return Err(Unequal::Answer { name, baseline, request });
        }
        if calls != expected {
            return Err(Unequal::Calls { name, calls, baseline, expected });
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
        let unequal = Unequal::Answer { name: "silent", baseline: "straight line", request: 0 };
        assert_eq!(agree(&entries, |_| World::ready(), &requests()), Err(unequal));
    }
}
