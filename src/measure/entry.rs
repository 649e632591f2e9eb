//! Who is measured: the straight line and the four styles, each called as its users call it.

use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use pipeline::{Host, Request, Response};
use thiserror::Error;

use crate::{onion, straight};

/// Somebody who is measured.
pub struct Entry {
    /// The name.
    pub name: &'static str,
    handle: Box<Handle>,
}

/// `None` when it has not answered at once.
type Handle = dyn Fn(&Arc<dyn Host>, Request) -> Option<Response>;

/// An entry that is not worth measuring: it does something else.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name} is not measured: its answer to request {request} is not that of {baseline}")]
pub struct Unequal {
    /// The entry.
    pub name: &'static str,
    /// The first entry.
    pub baseline: &'static str,
    /// The request, from 0.
    pub request: usize,
}

impl Entry {
    fn new(
        name: &'static str,
        handle: impl Fn(&Arc<dyn Host>, Request) -> Option<Response> + 'static,
    ) -> Self {
        Self { name, handle: Box::new(handle) }
    }

    /// The straight line.
    #[must_use]
    pub fn straight() -> Self {
        Self::new("straight line", |host, request| Some(straight::handle(host, request)))
    }

    /// The four styles.
    #[must_use]
    pub fn styles() -> Vec<Self> {
        vec![callbacks(), promises(), generators(), onion()]
    }

    /// Answers the requests one after the other, on a host whose operations are ready. `replies`
    /// has room for them, so that nothing but the entry asks for memory.
    pub fn play(
        &self,
        host: &Arc<dyn Host>,
        requests: Vec<Request>,
        replies: &mut Vec<Option<Response>>,
    ) {
        replies.extend(requests.into_iter().map(|request| (self.handle)(host, request)));
    }
}

fn callbacks() -> Entry {
    let onion = callbacks::pipeline();
    let slot = Arc::new(Mutex::new(None));
    Entry::new("callbacks", move |host, request| {
        let reply = Arc::clone(&slot);
        onion.handle(Arc::clone(host), request, move |response| {
            *reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
        });
        slot.lock().unwrap_or_else(PoisonError::into_inner).take()
    })
}

fn promises() -> Entry {
    let onion = promises::pipeline();
    Entry::new("promises", move |host, request| {
        onion.handle(Arc::clone(host), request).now_or_never()
    })
}

fn generators() -> Entry {
    let onion = generators::pipeline();
    Entry::new("generators", move |host, request| {
        onion.handle(Arc::clone(host), request).now_or_never()
    })
}

fn onion() -> Entry {
    let onion = onion::pipeline();
    Entry::new("onion", move |host, request| onion.handle(Arc::clone(host), request).now_or_never())
}

/// Whether all entries answer `requests` as the first one does, each on a host of its own.
///
/// # Errors
/// The first entry that does not. What is fast because it does less is not measured.
pub fn agree(
    entries: &[Entry],
    host: impl Fn() -> Arc<dyn Host>,
    requests: &[Request],
) -> Result<(), Unequal> {
    let play = |entry: &Entry| {
        let mut replies = Vec::with_capacity(requests.len());
        entry.play(&host(), requests.to_vec(), &mut replies);
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
        let mut entries = vec![Entry::straight()];
        entries.extend(Entry::styles());
        assert_eq!(entries.len(), 5);
        assert_eq!(agree(&entries, conversation::memory, &requests()), Ok(()));
    }

    #[test]
    fn who_answers_otherwise_is_not_measured() {
        let silent = Entry::new("silent", |_, _| None);
        let entries = [Entry::straight(), silent];
        let unequal = Unequal { name: "silent", baseline: "straight line", request: 0 };
        assert_eq!(agree(&entries, conversation::memory, &requests()), Err(unequal));
    }
}
