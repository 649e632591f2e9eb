//! Timers for many requests on one task. Nearly every timer of a server is a deadline that is
//! dropped long before it is due, so arming one must be cheap: an entry in a map, no task.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::{Completer, Operation, Pending};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

/// The timers of a host. Its task ends when it is dropped.
pub struct Timers {
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    armed: Mutex<Armed>,
    earlier: Notify,
}

#[derive(Default)]
struct Armed {
    due: BTreeMap<(Instant, u64), Completer<()>>,
    issued: u64,
    sweep_at: usize,
}

impl Timers {
    /// Starts the task of the timers.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(fire(Arc::clone(&shared))).abort_handle();
        Self { shared, task }
    }

    /// Completes after `duration`.
    pub fn sleep(&self, duration: Duration) -> Pending<()> {
        let (completer, pending) = Pending::new(Operation::Sleep);
        let mut armed = self.shared.armed();
        // Done when their number has doubled: checking all for each new one would be quadratic.
        if armed.due.len() >= armed.sweep_at.max(1024) {
            armed.due.retain(|_, completer| completer.is_wanted());
            armed.sweep_at = 2 * armed.due.len();
        }
        armed.issued += 1;
        let key = (Instant::now() + duration, armed.issued);
        armed.due.insert(key, completer);
        let earliest = armed.due.first_key_value().is_some_and(|(first, _)| *first == key);
        drop(armed);
        if earliest {
            self.shared.earlier.notify_one();
        }
        pending
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When to look again.
    fn next(&self) -> Option<Instant> {
        self.armed().due.first_key_value().map(|((due, _), _)| *due)
    }

    /// One timer that is due.
    fn take_due(&self) -> Option<Completer<()>> {
        let mut armed = self.armed();
        let first = armed.due.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }
}

async fn fire(shared: Arc<Shared>) {
    loop {
        // Outside the lock: a continuation may arm the next timer.
        while let Some(completer) = shared.take_due() {
            completer.complete(Ok(()));
        }
        match shared.next() {
            None => shared.earlier.notified().await,
            Some(due) => tokio::select! {
                () = sleep_until(due) => {}
                () = shared.earlier.notified() => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paused(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(test);
    }

    #[test]
    fn timers_fire_in_the_order_in_which_they_are_due() {
        paused(async {
            let timers = Timers::start();
            let begin = Instant::now();
            let long = timers.sleep(Duration::from_secs(5));
            let short = timers.sleep(Duration::from_secs(1));
            assert_eq!(short.await, Ok(()));
            assert_eq!(begin.elapsed().as_secs(), 1);
            assert_eq!(long.await, Ok(()));
            assert_eq!(begin.elapsed().as_secs(), 5);
        });
    }

    #[test]
    fn timers_that_nobody_waits_for_do_not_pile_up() {
        paused(async {
            let timers = Timers::start();
            for _ in 0..10_000 {
                drop(timers.sleep(Duration::from_secs(3600)));
            }
            assert!(timers.shared.armed().due.len() <= 1024);
        });
    }
}
