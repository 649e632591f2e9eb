//! Timers for many requests on one task. Nearly every timer of a server is a deadline that is
//! dropped long before it is due, so arming one must be cheap: an entry at the end of a queue, no
//! task.

use std::collections::{BTreeMap, VecDeque};
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
    /// By how long they last. There are few such spans, and the timers of one are due in the order
    /// in which they were armed.
    queues: BTreeMap<Duration, Queue>,
    /// When the task looks again.
    looks: Option<Instant>,
}

#[derive(Default)]
struct Queue {
    timers: VecDeque<(Instant, Completer<()>)>,
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
        let due = Instant::now() + duration;
        armed.queues.entry(duration).or_default().push(due, completer);
        let is_earlier = armed.looks.is_none_or(|looks| due < looks);
        drop(armed);
        if is_earlier {
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

impl Queue {
    fn push(&mut self, due: Instant, completer: Completer<()>) {
        let Self { timers, sweep_at } = self;
        while timers.front().is_some_and(|(_, first)| !first.is_wanted()) {
            timers.pop_front();
        }
        // One that is wanted has those behind it that are not. Done when their number has doubled:
        // checking all for each new one would be quadratic.
        if timers.len() >= (*sweep_at).max(1024) {
            timers.retain(|(_, completer)| completer.is_wanted());
            *sweep_at = 2 * timers.len();
        }
        timers.push_back((due, completer));
    }
}

impl Armed {
    /// When the first timer is due, and how long it lasts.
    fn first(&self) -> Option<(Instant, Duration)> {
        let first = |(lasts, queue): (&Duration, &Queue)| Some((queue.timers.front()?.0, *lasts));
        self.queues.iter().filter_map(first).min()
    }
}

impl Shared {
    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When to look again.
    fn next(&self) -> Option<Instant> {
        let mut armed = self.armed();
        armed.looks = armed.first().map(|(due, _)| due);
        armed.looks
    }

    /// Waits until it is time to look again. `next` says when.
    async fn rest(&self, next: impl FnOnce() -> Option<Instant>) {
        // From before the look on, so that a timer armed between look and wait is heard.
        let earlier = self.earlier.notified();
        match next() {
            None => earlier.await,
            Some(due) => tokio::select! {
                () = sleep_until(due) => {}
                () = earlier => {}
            },
        }
    }

    /// One timer that is due.
    fn take_due(&self) -> Option<Completer<()>> {
        let mut armed = self.armed();
        let (due, lasts) = armed.first()?;
        if due > Instant::now() {
            return None;
        }
        let queue = armed.queues.get_mut(&lasts)?;
        let (_, completer) = queue.timers.pop_front()?;
        if queue.timers.is_empty() {
            armed.queues.remove(&lasts);
        }
        Some(completer)
    }
}

async fn fire(shared: Arc<Shared>) {
    loop {
        // Outside the lock: a continuation may arm the next timer.
        while let Some(completer) = shared.take_due() {
            completer.complete(Ok(()));
        }
        shared.rest(|| shared.next()).await;
    }
}

#[cfg(test)]
mod tests {
    use std::future;
    use std::pin::Pin;
    use std::task::{Context, Wake, Waker};

    use futures::FutureExt;
    use pipeline::{Failure, Fault};

    use super::*;

    fn paused(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(test);
    }

    const SECOND: Duration = Duration::from_secs(1);

    /// How many timers are kept.
    fn armed(timers: &Timers) -> usize {
        timers.shared.armed().queues.values().map(|queue| queue.timers.len()).sum()
    }

    /// Lets the task of the timers run until it waits. The clock stands still.
    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    /// What was told, with the second in which it was told.
    #[derive(Clone)]
    struct Log(Instant, Arc<Mutex<Vec<(u64, u32)>>>);

    impl Log {
        fn new() -> Self {
            Self(Instant::now(), Arc::default())
        }

        fn note(&self, what: u32) {
            self.1.lock().expect("whole").push((self.0.elapsed().as_secs(), what));
        }

        /// Notes a timer's number when it fires.
        fn fires(&self, number: u32, timer: Pending<()>) {
            let log = self.clone();
            drop(timer.subscribe(move |ending| {
                assert_eq!(ending, Ok(()));
                log.note(number);
            }));
        }

        fn noted(&self) -> Vec<(u64, u32)> {
            self.1.lock().expect("whole").clone()
        }
    }

    #[test]
    fn timers_fire_in_the_order_in_which_they_are_due() {
        paused(async {
            let (timers, log) = (Timers::start(), Log::new());
            for (number, seconds) in [(0, 5), (1, 1), (2, 3), (3, 1), (4, 0)] {
                log.fires(number, timers.sleep(seconds * SECOND));
            }
            tokio::time::sleep(9 * SECOND).await;
            assert_eq!(log.noted(), [(0, 4), (1, 1), (1, 3), (3, 2), (5, 0)]);
        });
    }

    #[test]
    fn a_deadline_that_is_armed_behind_longer_sleeps_fires_in_time() {
        paused(async {
            let (timers, log) = (Timers::start(), Log::new());
            // The task waits for the one before when the next, which is due earlier, is armed.
            for seconds in (1..=5).rev() {
                log.fires(seconds, timers.sleep(seconds * SECOND));
                settle().await;
            }
            tokio::time::sleep(9 * SECOND).await;
            assert_eq!(log.noted(), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
        });
    }

    #[test]
    fn a_timer_that_is_armed_when_all_have_fired_fires_in_time() {
        paused(async {
            let (timers, log) = (Timers::start(), Log::new());
            for number in 1..=3 {
                log.fires(number, timers.sleep(2 * SECOND));
                tokio::time::sleep(5 * SECOND).await;
            }
            assert_eq!(log.noted(), [(2, 1), (7, 2), (12, 3)]);
        });
    }

    /// On another thread, a timer may be armed after the task has looked and before it waits.
    #[test]
    fn a_timer_that_is_armed_between_the_look_and_the_wait_is_heard() {
        paused(async {
            for before in [None, Some(5)] {
                let shared = Arc::new(Shared::default());
                let idle = tokio::spawn(future::pending::<()>()).abort_handle();
                let timers = Timers { shared: Arc::clone(&shared), task: idle };
                let begin = Instant::now();
                let long = before.map(|seconds| timers.sleep(seconds * SECOND));
                let mut short = None;
                let look = || {
                    let seen = shared.next();
                    short = Some(timers.sleep(SECOND));
                    seen
                };
                tokio::time::timeout(60 * SECOND, shared.rest(look)).await.expect("heard");
                assert_eq!(begin.elapsed(), Duration::ZERO, "it looks again at once");
                drop((long, short));
            }
        });
    }

    /// Code that waits for a timer looks at the lock. It does not wait for it, because a test that
    /// hangs tells little.
    struct Others(Arc<Shared>, Mutex<Vec<bool>>);

    impl Others {
        fn of(timers: &Timers) -> Arc<Self> {
            Arc::new(Self(Arc::clone(&timers.shared), Mutex::default()))
        }

        fn look(&self) {
            self.1.lock().expect("whole").push(self.0.armed.try_lock().is_ok());
        }

        fn looked(&self) -> Vec<bool> {
            self.1.lock().expect("whole").clone()
        }
    }

    impl Wake for Others {
        fn wake(self: Arc<Self>) {
            self.look();
        }
    }

    #[test]
    fn a_callback_of_a_timer_may_arm_the_next() {
        paused(async {
            let (timers, log) = (Arc::new(Timers::start()), Log::new());
            let others = Others::of(&timers);
            let (inside, again, noted) = (Arc::clone(&others), Arc::clone(&timers), log.clone());
            drop(timers.sleep(SECOND).subscribe(move |_| {
                inside.look();
                noted.note(1);
                if inside.looked() == [true] {
                    noted.fires(2, again.sleep(SECOND));
                }
            }));
            tokio::time::sleep(9 * SECOND).await;
            assert_eq!(log.noted(), [(1, 1), (2, 2)]);
            assert_eq!(others.looked(), [true]);
        });
    }

    #[test]
    fn no_task_is_woken_under_the_lock_of_the_timers() {
        paused(async {
            let timers = Timers::start();
            let others = Others::of(&timers);
            let mut timer = timers.sleep(SECOND);
            let waker = Waker::from(Arc::clone(&others));
            assert!(Pin::new(&mut timer).poll(&mut Context::from_waker(&waker)).is_pending());
            tokio::time::sleep(2 * SECOND).await;
            assert_eq!(others.looked(), [true]);
            assert_eq!(timer.await, Ok(()));
        });
    }

    #[test]
    fn timers_that_nobody_waits_for_do_not_pile_up_and_the_others_stay() {
        paused(async {
            let (timers, log) = (Timers::start(), Log::new());
            log.fires(1, timers.sleep(3 * SECOND));
            for _ in 0..10_000 {
                drop(timers.sleep(3600 * SECOND));
            }
            assert!(armed(&timers) <= 1024);
            tokio::time::sleep(5 * SECOND).await;
            assert_eq!(log.noted(), [(3, 1)]);
        });
    }

    /// One request after the other arms its deadline, and the task sleeps on.
    #[test]
    fn a_timer_that_is_due_later_than_the_task_looks_does_not_wake_it() {
        paused(async {
            let shared = Arc::new(Shared::default());
            let idle = tokio::spawn(future::pending::<()>()).abort_handle();
            let timers = Timers { shared: Arc::clone(&shared), task: idle };
            let is_told = || shared.earlier.notified().now_or_never().is_some();
            drop(timers.sleep(3 * SECOND));
            assert!(is_told());
            shared.next();
            for _ in 0..3 {
                tokio::time::advance(SECOND / 2).await;
                drop(timers.sleep(3 * SECOND));
                assert!(!is_told());
            }
            drop(timers.sleep(SECOND));
            assert!(is_told());
        });
    }

    #[test]
    fn a_span_of_which_all_timers_have_fired_leaves_nothing() {
        paused(async {
            let timers = Timers::start();
            let sleeps: Vec<_> = (1..=100).map(|span| timers.sleep(span * SECOND / 100)).collect();
            tokio::time::sleep(2 * SECOND).await;
            assert!(timers.shared.armed().queues.is_empty());
            drop(sleeps);
        });
    }

    #[test]
    fn timers_are_looked_through_again_when_their_number_has_doubled() {
        paused(async {
            let timers = Timers::start();
            let wanted: Vec<_> = (0..1024).map(|_| timers.sleep(3600 * SECOND)).collect();
            for _ in 0..1024 {
                drop(timers.sleep(3600 * SECOND));
            }
            assert_eq!(armed(&timers), 2048);
            drop(timers.sleep(3600 * SECOND));
            assert_eq!(armed(&timers), 1025);
            drop(wanted);
        });
    }

    #[test]
    fn who_sleeps_when_the_timers_end_hears_that_it_was_abandoned() {
        paused(async {
            let timers = Timers::start();
            let timer = timers.sleep(SECOND);
            settle().await;
            drop(timers);
            let failure = Failure { operation: Operation::Sleep, fault: Fault::Abandoned };
            assert_eq!(timer.await, Err(failure));
        });
    }
}
