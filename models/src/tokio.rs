//! The little of tokio that the copies use, on shuttle's tasks and a clock that stands still until
//! a model moves it. `shuttle-tokio` is not used: it has no clock.

/// Starts a task.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) -> task::Running {
    task::Running(shuttle::future::spawn(task))
}

/// `tokio::select!` of two futures without values, the first before the second.
macro_rules! select {
    (() = $one:expr => {} () = $two:expr => {}) => {{
        let mut one = std::pin::pin!($one);
        let mut two = std::pin::pin!($two);
        std::future::poll_fn(|task| match one.as_mut().poll(task) {
            std::task::Poll::Pending => two.as_mut().poll(task),
            ready => ready,
        })
        .await
    }};
}

pub(crate) use select;

/// `tokio::task`
pub mod task {
    /// A task under way.
    pub struct Running(pub(super) shuttle::future::JoinHandle<()>);

    impl Running {
        /// A handle that can end it.
        #[must_use]
        pub fn abort_handle(&self) -> AbortHandle {
            AbortHandle(self.0.abort_handle())
        }
    }

    /// Ends a task.
    pub struct AbortHandle(shuttle::future::AbortHandle);

    impl AbortHandle {
        /// Ends it.
        pub fn abort(&self) {
            self.0.abort();
        }
    }
}

/// `tokio::sync`
pub mod sync {
    use std::mem;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use shuttle::sync::{Mutex, MutexGuard, PoisonError};

    /// `tokio::sync::Notify` for one task that waits. As there, `notify_one` is kept for a task
    /// that does not wait yet, and `notify_waiters` is heard by each `Notified` that exists.
    #[derive(Default)]
    pub struct Notify(Mutex<State>);

    #[derive(Default)]
    struct State {
        permit: bool,
        /// How often all were notified.
        all: usize,
        waiter: Option<Waker>,
    }

    impl Notify {
        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Notifies the task that waits, or the next one that will.
        pub fn notify_one(&self) {
            let mut state = self.state();
            state.permit = true;
            let waiter = state.waiter.take();
            drop(state);
            waiter.into_iter().for_each(Waker::wake);
        }

        /// Notifies the task that waits.
        pub fn notify_waiters(&self) {
            let mut state = self.state();
            state.all += 1;
            let waiter = state.waiter.take();
            drop(state);
            waiter.into_iter().for_each(Waker::wake);
        }

        /// Waits for a notification.
        pub fn notified(&self) -> Notified<'_> {
            Notified { notify: self, all: self.state().all }
        }
    }

    /// A task that waits, or is about to.
    pub struct Notified<'n> {
        notify: &'n Notify,
        all: usize,
    }

    impl Future for Notified<'_> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
            let mut state = self.notify.state();
            if mem::take(&mut state.permit) || state.all != self.all {
                return Poll::Ready(());
            }
            let before = state.waiter.replace(task.waker().clone());
            drop(state);
            drop(before);
            Poll::Pending
        }
    }
}

/// `tokio::time`
pub mod time {
    use std::mem;
    use std::ops::Add;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use shuttle::sync::{Mutex, MutexGuard, PoisonError};

    struct Clock {
        now: Duration,
        sleepers: Vec<Waker>,
    }

    shuttle::lazy_static! {
        static ref CLOCK: Mutex<Clock> =
            Mutex::new(Clock { now: Duration::ZERO, sleepers: Vec::new() });
    }

    fn clock() -> MutexGuard<'static, Clock> {
        CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock.
    pub fn advance(by: Duration) {
        let mut clock = clock();
        clock.now += by;
        let sleepers = mem::take(&mut clock.sleepers);
        drop(clock);
        sleepers.into_iter().for_each(Waker::wake);
    }

    /// A moment, from the beginning of the model on.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub struct Instant(Duration);

    impl Instant {
        /// What the clock shows.
        #[must_use]
        pub fn now() -> Self {
            Self(clock().now)
        }
    }

    impl Add<Duration> for Instant {
        type Output = Self;

        fn add(self, later: Duration) -> Self {
            Self(self.0 + later)
        }
    }

    /// Waits for a moment.
    #[must_use]
    pub fn sleep_until(due: Instant) -> Sleep {
        Sleep(due)
    }

    /// Waits for a moment.
    pub struct Sleep(Instant);

    impl Future for Sleep {
        type Output = ();

        fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
            let mut clock = clock();
            if self.0.0 <= clock.now {
                return Poll::Ready(());
            }
            clock.sleepers.push(task.waker().clone());
            Poll::Pending
        }
    }
}
