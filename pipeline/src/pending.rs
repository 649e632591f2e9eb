//! An operation under way: one type, for which each style waits in its own way. Give it a callback
//! ([`Pending::subscribe`]), chain it, yield it or await it (it is a [`Future`]).
//!
//! A value that is ready costs no allocation, and a real wait costs one. There is no task or thread
//! in between: the code that completes the operation calls the callback or wakes the task itself.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::operation::{Failure, Fault, Operation};

type Ending<T> = Result<T, Failure>;
type Callback<T> = Box<dyn FnOnce(Ending<T>) + Send>;

/// An operation under way, or its result.
#[must_use = "nobody hears of an operation that is dropped"]
pub struct Pending<T>(State<T>);

enum State<T> {
    Ready(Ending<T>),
    Waiting(Arc<Slot<T>>),
    Never,
    Taken,
}

/// Shared by the two ends, the host and the waiting code.
struct Slot<T> {
    meeting: Mutex<Meeting<T>>,
    operation: Operation,
    /// Hears that the waiting end is gone, and takes back a result that was not taken.
    reclaim: Option<Reclaim<T>>,
}

type Reclaim<T> = Box<dyn Fn(Option<Ending<T>>) + Send + Sync>;

enum Meeting<T> {
    /// Neither end has done anything yet.
    Empty,
    /// A task waits.
    Task(Waker),
    /// A callback waits.
    Callback(Callback<T>),
    /// The result waits.
    Result(Ending<T>),
    /// No code waits any more.
    Over,
}

impl<T> Slot<T> {
    fn meeting(&self) -> MutexGuard<'_, Meeting<T>> {
        // No callback and no waker runs under this lock, so it stays valid when it is poisoned.
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the meeting. What was left of it is dropped by the caller and not under the lock,
    /// because dropping a callback or a waker runs other code.
    fn end(&self) -> Meeting<T> {
        mem::replace(&mut *self.meeting(), Meeting::Over)
    }

    /// The waiting end is gone.
    fn close(&self) {
        let left = self.end();
        let Some(reclaim) = &self.reclaim else { return };
        match left {
            Meeting::Result(ending) => reclaim(Some(ending)),
            Meeting::Empty | Meeting::Task(_) | Meeting::Callback(_) => reclaim(None),
            Meeting::Over => {}
        }
    }
}

impl<T> Pending<T> {
    /// A value that is already there.
    pub fn ready(value: T) -> Self {
        Self(State::Ready(Ok(value)))
    }

    /// A result that is already there.
    pub fn ended(ending: Result<T, Failure>) -> Self {
        Self(State::Ready(ending))
    }

    /// An operation that never ends, for instance a timer that need not be armed.
    pub fn never() -> Self {
        Self(State::Never)
    }

    /// An operation under way, and the completer with which the host completes it.
    pub fn new(operation: Operation) -> (Completer<T>, Self) {
        Self::with(operation, None)
    }

    /// The same for a result that must not be lost, such as a turn, and for a place in a queue. If
    /// the operation is dropped, or its callback cancelled, before the result was taken, `reclaim`
    /// gets the result, or `None` if there is none yet.
    pub fn reclaimed(
        operation: Operation,
        reclaim: impl Fn(Option<Result<T, Failure>>) + Send + Sync + 'static,
    ) -> (Completer<T>, Self) {
        Self::with(operation, Some(Box::new(reclaim)))
    }

    fn with(operation: Operation, reclaim: Option<Reclaim<T>>) -> (Completer<T>, Self) {
        let slot = Arc::new(Slot { meeting: Mutex::new(Meeting::Empty), operation, reclaim });
        (Completer(Some(Arc::clone(&slot))), Self(State::Waiting(slot)))
    }

    /// The result, if it is there.
    ///
    /// # Errors
    /// Gives the operation back while it is under way.
    pub fn try_take(mut self) -> Result<Result<T, Failure>, Self> {
        if let State::Waiting(slot) = &self.0 {
            let mut meeting = slot.meeting();
            if let Meeting::Result(_) = &*meeting
                && let Meeting::Result(ending) = mem::replace(&mut *meeting, Meeting::Over)
            {
                drop(meeting);
                self.0 = State::Taken;
                return Ok(ending);
            }
        }
        match mem::replace(&mut self.0, State::Taken) {
            State::Ready(ending) => Ok(ending),
            state @ (State::Waiting(_) | State::Never | State::Taken) => Err(Self(state)),
        }
    }

    /// Calls `callback` with the result: at once if it is there, otherwise from the call that
    /// completes the operation.
    pub fn subscribe(
        mut self,
        callback: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> Subscription<T> {
        let ending = match mem::replace(&mut self.0, State::Taken) {
            State::Ready(ending) => ending,
            State::Never | State::Taken => return Subscription(None),
            State::Waiting(slot) => {
                let mut meeting = slot.meeting();
                match mem::replace(&mut *meeting, Meeting::Over) {
                    Meeting::Result(ending) => ending,
                    Meeting::Empty | Meeting::Task(_) | Meeting::Callback(_) | Meeting::Over => {
                        *meeting = Meeting::Callback(Box::new(callback));
                        drop(meeting);
                        return Subscription(Some(slot));
                    }
                }
            }
        };
        callback(ending);
        Subscription(None)
    }
}

impl<T> Unpin for Pending<T> {}

impl<T> Future for Pending<T> {
    type Output = Result<T, Failure>;

    /// # Panics
    /// When it is polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Waiting(slot) = &self.0 {
            // A waker is code of others: it is neither cloned nor dropped under the lock.
            let mut waker = None;
            loop {
                let mut meeting = slot.meeting();
                match mem::replace(&mut *meeting, Meeting::Over) {
                    Meeting::Result(ending) => {
                        drop(meeting);
                        self.0 = State::Taken;
                        return Poll::Ready(ending);
                    }
                    Meeting::Task(same) if same.will_wake(task.waker()) => {
                        *meeting = Meeting::Task(same);
                        drop(meeting);
                        return Poll::Pending;
                    }
                    before => match waker.take() {
                        Some(waker) => {
                            *meeting = Meeting::Task(waker);
                            drop(meeting);
                            drop(before);
                            return Poll::Pending;
                        }
                        None => {
                            *meeting = before;
                            drop(meeting);
                            waker = Some(task.waker().clone());
                        }
                    },
                }
            }
        }
        match mem::replace(&mut self.0, State::Taken) {
            State::Ready(ending) => Poll::Ready(ending),
            State::Never => {
                self.0 = State::Never;
                Poll::Pending
            }
            State::Waiting(_) | State::Taken => panic!("a Pending was polled after it was ready"),
        }
    }
}

impl<T> Drop for Pending<T> {
    /// Tells the host that no code waits any more. The operation itself is not undone.
    fn drop(&mut self) {
        if let State::Waiting(slot) = &self.0 {
            slot.close();
        }
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            State::Ready(_) => "Pending(ready)",
            State::Waiting(_) => "Pending(waiting)",
            State::Never => "Pending(never)",
            State::Taken => "Pending(taken)",
        })
    }
}

/// The host's end of an operation. Completing consumes it, so a second completion does not compile.
/// Dropping it is the failure [`Fault::Abandoned`], so the waiting code always gets a result.
pub struct Completer<T>(Option<Arc<Slot<T>>>);

impl<T> Completer<T> {
    /// Ends the operation. `false` means that the other end is gone: no code waits, and none will
    /// come.
    ///
    /// The callback, or the waker, runs inside this call: the host must not hold a lock.
    pub fn complete(mut self, ending: Result<T, Failure>) -> bool {
        self.0.take().is_some_and(|slot| deliver(&slot, ending))
    }

    /// Whether the other end is still there.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.as_ref().is_some_and(|slot| !matches!(*slot.meeting(), Meeting::Over))
    }

    /// Ends the operation without a result, and drops the waiting code. In this way a host cancels
    /// a request whose continuations it holds. The operation's `reclaim` is for the other end and
    /// does not hear of it.
    pub fn discard(mut self) {
        if let Some(slot) = self.0.take() {
            drop(slot.end());
        }
    }
}

fn deliver<T>(slot: &Slot<T>, ending: Ending<T>) -> bool {
    let mut meeting = slot.meeting();
    match mem::replace(&mut *meeting, Meeting::Over) {
        Meeting::Empty => {
            *meeting = Meeting::Result(ending);
            true
        }
        Meeting::Task(waker) => {
            *meeting = Meeting::Result(ending);
            drop(meeting);
            waker.wake();
            true
        }
        Meeting::Callback(callback) => {
            drop(meeting);
            callback(ending);
            true
        }
        Meeting::Result(_) | Meeting::Over => false,
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            let failure = Failure { operation: slot.operation, fault: Fault::Abandoned };
            deliver(&slot, Err(failure));
        }
    }
}

impl<T> fmt::Debug for Completer<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Completer").finish_non_exhaustive()
    }
}

/// A callback that waits. Dropping it changes nothing; [`Subscription::cancel`] removes the
/// callback, as `clearTimeout` does.
pub struct Subscription<T>(Option<Arc<Slot<T>>>);

impl<T> Subscription<T> {
    /// Drops the callback, if it has not been called.
    pub fn cancel(self) {
        if let Some(slot) = self.0 {
            slot.close();
        }
    }
}

impl<T> fmt::Debug for Subscription<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subscription").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    const FAILURE: Failure = Failure { operation: Operation::Begin, fault: Fault::Transient };
    const ABANDONED: Failure = Failure { operation: Operation::Begin, fault: Fault::Abandoned };

    type Heard = Arc<Mutex<Vec<Result<u8, Failure>>>>;

    /// Looks at the lock of an operation: code of others must always find it free. It tries the
    /// lock and does not wait for it, because a test that hangs tells little.
    #[derive(Clone)]
    struct Look {
        slot: Weak<Slot<u8>>,
        free: Arc<Mutex<Vec<bool>>>,
    }

    impl Look {
        fn at(completer: &Completer<u8>) -> Self {
            let slot = completer.0.as_ref().expect("it was not used");
            Self { slot: Arc::downgrade(slot), free: Arc::default() }
        }

        fn look(&self) {
            let free = self.slot.upgrade().is_none_or(|slot| slot.meeting.try_lock().is_ok());
            self.free.lock().expect("whole").push(free);
        }

        fn seen(&self) -> Vec<bool> {
            self.free.lock().expect("whole").clone()
        }
    }

    /// Looks when it is dropped.
    struct Dropped(Look);

    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.look();
        }
    }

    /// A task that counts how often it is woken, and looks when it is woken and dropped.
    struct Counting(AtomicUsize, Dropped);

    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
            self.1.0.look();
        }
    }

    fn counting(look: &Look) -> Arc<Counting> {
        Arc::new(Counting(AtomicUsize::new(0), Dropped(look.clone())))
    }

    fn poll(pending: &mut Pending<u8>, waker: &Waker) -> Option<Result<u8, Failure>> {
        match Pin::new(pending).poll(&mut Context::from_waker(waker)) {
            Poll::Ready(ending) => Some(ending),
            Poll::Pending => None,
        }
    }

    fn hear(heard: &Heard) -> impl FnOnce(Result<u8, Failure>) + Send + use<> {
        let heard = Arc::clone(heard);
        move |ending| heard.lock().expect("whole").push(ending)
    }

    fn heard(heard: &Heard) -> Vec<Result<u8, Failure>> {
        heard.lock().expect("whole").clone()
    }

    type Reclaimed = Arc<Mutex<Vec<Option<Result<u8, Failure>>>>>;

    /// An operation, what its `reclaim` got, and a look at its lock from there.
    fn reclaimed() -> (Completer<u8>, Pending<u8>, Reclaimed, Look) {
        let got = Reclaimed::default();
        let (here, look) = (Arc::clone(&got), Arc::new(Mutex::new(None::<Look>)));
        let inside = Arc::clone(&look);
        let (completer, pending) = Pending::reclaimed(Operation::Begin, move |left| {
            here.lock().expect("whole").push(left);
            if let Some(look) = &*inside.lock().expect("whole") {
                look.look();
            }
        });
        let at = Look::at(&completer);
        *look.lock().expect("whole") = Some(at.clone());
        (completer, pending, got, at)
    }

    fn got(reclaimed: &Reclaimed) -> Vec<Option<Result<u8, Failure>>> {
        reclaimed.lock().expect("whole").clone()
    }

    #[test]
    fn what_prints_is_the_state_and_never_the_value() {
        let (completer, pending) = Pending::<u8>::new(Operation::Begin);
        assert_eq!(format!("{completer:?} {pending:?}"), "Completer { .. } Pending(waiting)");
        assert_eq!(format!("{:?}", pending.subscribe(|_| {})), "Subscription { .. }");
        let (ready, never) = (Pending::ready(7), Pending::<u8>::never());
        assert_eq!(format!("{ready:?} {never:?}"), "Pending(ready) Pending(never)");
    }

    #[test]
    fn a_value_that_is_there_is_taken_polled_or_told_at_once() {
        assert_eq!(Pending::ready(7).try_take().map_err(drop), Ok(Ok(7)));
        assert_eq!(Pending::<u8>::ended(Err(FAILURE)).try_take().map_err(drop), Ok(Err(FAILURE)));
        assert_eq!(poll(&mut Pending::ready(7), Waker::noop()), Some(Ok(7)));
        let told = Heard::default();
        Pending::ready(7).subscribe(hear(&told)).cancel();
        assert_eq!(heard(&told), [Ok(7)]);
    }

    #[test]
    fn what_never_ends_waits_and_drops_its_callback_uncalled() {
        let mut never = Pending::never();
        assert_eq!(poll(&mut never, Waker::noop()), None);
        assert_eq!(poll(&mut never, Waker::noop()), None);
        let told = Heard::default();
        never.subscribe(hear(&told)).cancel();
        assert_eq!(heard(&told), []);
        assert_eq!(Arc::strong_count(&told), 1);
    }

    #[test]
    #[should_panic(expected = "polled after it was ready")]
    fn a_result_is_taken_once() {
        let mut ready = Pending::ready(7);
        assert_eq!(poll(&mut ready, Waker::noop()), Some(Ok(7)));
        poll(&mut ready, Waker::noop());
    }

    #[test]
    fn a_result_that_came_first_waits_for_who_takes_it() {
        let completed = || {
            let (completer, pending) = Pending::new(Operation::Begin);
            assert!(completer.complete(Ok(7)), "the other end is there");
            pending
        };
        assert_eq!(completed().try_take().map_err(drop), Ok(Ok(7)));
        assert_eq!(poll(&mut completed(), Waker::noop()), Some(Ok(7)));
        let told = Heard::default();
        completed().subscribe(hear(&told)).cancel();
        assert_eq!(heard(&told), [Ok(7)]);
    }

    #[test]
    fn an_operation_under_way_is_given_back_by_try_take() {
        let (completer, pending) = Pending::new(Operation::Begin);
        let mut pending = pending.try_take().expect_err("under way");
        assert!(completer.is_wanted());
        assert!(completer.complete(Ok(7)));
        assert_eq!(poll(&mut pending, Waker::noop()), Some(Ok(7)));
    }

    #[test]
    fn a_callback_is_called_once_by_who_completes_and_not_under_the_lock() {
        let (completer, pending) = Pending::new(Operation::Begin);
        let (told, look) = (Heard::default(), Look::at(&completer));
        let (call, inside) = (hear(&told), look.clone());
        let subscription = pending.subscribe(move |ending| {
            inside.look();
            call(ending);
        });
        assert_eq!(heard(&told), []);
        assert!(completer.complete(Err(FAILURE)));
        assert_eq!(heard(&told), [Err(FAILURE)]);
        subscription.cancel();
        assert_eq!(heard(&told), [Err(FAILURE)]);
        assert_eq!(look.seen(), [true]);
    }

    #[test]
    fn a_callback_that_comes_after_the_result_is_called_at_once_and_not_under_the_lock() {
        let (completer, pending) = Pending::new(Operation::Begin);
        let (told, look) = (Heard::default(), Look::at(&completer));
        let (call, inside) = (hear(&told), look.clone());
        assert!(completer.complete(Ok(7)));
        let subscription = pending.subscribe(move |ending| {
            inside.look();
            call(ending);
        });
        assert_eq!(heard(&told), [Ok(7)]);
        assert_eq!(look.seen(), [true]);
        subscription.cancel();
    }

    #[test]
    fn a_task_is_woken_once_after_the_result_is_there_and_not_under_the_lock() {
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let look = Look::at(&completer);
        let task = counting(&look);
        assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), None);
        assert_eq!(task.0.load(Ordering::Relaxed), 0);
        assert!(completer.complete(Ok(7)));
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), Some(Ok(7)));
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert_eq!(look.seen(), [true]);
    }

    /// A waker that polls at once, as an executor on another thread may.
    #[test]
    fn a_task_that_is_polled_from_its_waker_finds_the_result() {
        struct Eager(Mutex<Option<Pending<u8>>>, Heard);
        impl Wake for Eager {
            fn wake(self: Arc<Self>) {
                let mut pending = self.0.lock().expect("whole").take().expect("woken once");
                let State::Waiting(slot) = &pending.0 else { panic!("{pending:?}") };
                if slot.meeting.try_lock().is_ok() {
                    self.1.lock().expect("whole").extend(poll(&mut pending, Waker::noop()));
                } else {
                    *self.0.lock().expect("whole") = Some(pending); // dropping it would hang
                }
            }
        }
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let told = Heard::default();
        let task = Arc::new(Eager(Mutex::default(), Arc::clone(&told)));
        assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), None);
        *task.0.lock().expect("whole") = Some(pending);
        assert!(completer.complete(Ok(7)));
        assert_eq!(heard(&told), [Ok(7)]);
    }

    #[test]
    fn the_last_task_that_polled_is_woken_and_the_one_before_is_let_go_not_under_the_lock() {
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let look = Look::at(&completer);
        let (first, last) = (counting(&look), counting(&look));
        assert_eq!(poll(&mut pending, &Arc::clone(&first).into()), None);
        drop(first); // now only the operation holds it
        assert!(look.seen().is_empty());
        assert_eq!(poll(&mut pending, &Arc::clone(&last).into()), None);
        assert_eq!(look.seen(), [true], "the first was dropped");
        assert!(completer.complete(Ok(7)));
        assert_eq!(last.0.load(Ordering::Relaxed), 1);
        assert_eq!(poll(&mut pending, &Arc::clone(&last).into()), Some(Ok(7)));
    }

    #[test]
    fn the_same_task_may_poll_again_and_is_held_once() {
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let task = counting(&Look::at(&completer));
        for _ in 0..3 {
            assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), None);
            assert_eq!(Arc::strong_count(&task), 2);
        }
        drop(pending);
        assert_eq!(Arc::strong_count(&task), 1);
    }

    #[test]
    fn a_subscription_takes_the_place_of_a_task_that_polled() {
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let (told, look) = (Heard::default(), Look::at(&completer));
        assert_eq!(poll(&mut pending, &counting(&look).into()), None);
        drop(pending.subscribe(hear(&told)));
        assert_eq!(look.seen(), [true], "the task was let go");
        assert!(completer.complete(Ok(7)));
        assert_eq!(heard(&told), [Ok(7)]);
    }

    #[test]
    fn a_completer_that_is_dropped_is_an_operation_abandoned() {
        let (completer, mut pending) = Pending::new(Operation::Begin);
        let task = counting(&Look::at(&completer));
        assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), None);
        drop(completer);
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert_eq!(poll(&mut pending, Waker::noop()), Some(Err(ABANDONED)));

        let (completer, pending) = Pending::new(Operation::Begin);
        let told = Heard::default();
        drop(pending.subscribe(hear(&told)));
        drop(completer);
        assert_eq!(heard(&told), [Err(ABANDONED)]);
    }

    #[test]
    fn who_completes_is_told_when_nobody_waits() {
        let (completer, pending) = Pending::<u8>::new(Operation::Begin);
        assert!(completer.is_wanted());
        drop(pending);
        assert!(!completer.is_wanted());
        assert!(!completer.complete(Ok(7)));

        let (completer, pending) = Pending::<u8>::new(Operation::Begin);
        let told = Heard::default();
        let subscription = pending.subscribe(hear(&told));
        assert!(completer.is_wanted());
        subscription.cancel();
        assert!(!completer.is_wanted());
        assert!(!completer.complete(Ok(7)));
        assert_eq!(heard(&told), []);
    }

    #[test]
    fn a_callback_that_is_cancelled_or_discarded_is_dropped_at_once_uncalled_and_not_under_the_lock()
     {
        for host_discards in [false, true] {
            let (completer, pending) = Pending::new(Operation::Begin);
            let (told, look) = (Heard::default(), Look::at(&completer));
            let (call, captured) = (hear(&told), Dropped(look.clone()));
            let subscription = pending.subscribe(move |ending| {
                drop(captured);
                call(ending);
            });
            assert!(look.seen().is_empty());
            if host_discards {
                completer.discard();
                assert_eq!(look.seen(), [true]);
                subscription.cancel();
            } else {
                subscription.cancel();
                assert_eq!(look.seen(), [true]);
                assert!(!completer.complete(Ok(7)));
            }
            assert_eq!(heard(&told), []);
            assert_eq!(Arc::strong_count(&told), 1);
        }
    }

    #[test]
    fn a_task_that_is_dropped_or_discarded_is_let_go_unwoken_and_not_under_the_lock() {
        for host_discards in [false, true] {
            let (completer, mut pending) = Pending::new(Operation::Begin);
            let look = Look::at(&completer);
            let task = counting(&look);
            assert_eq!(poll(&mut pending, &Arc::clone(&task).into()), None);
            drop(task);
            match host_discards {
                true => completer.discard(),
                false => drop(pending),
            }
            assert_eq!(look.seen(), [true], "it was dropped and not woken");
        }
    }

    #[test]
    fn a_subscription_that_is_dropped_changes_nothing() {
        let (completer, pending) = Pending::new(Operation::Begin);
        let told = Heard::default();
        drop(pending.subscribe(hear(&told)));
        assert!(completer.is_wanted());
        assert!(completer.complete(Ok(7)));
        assert_eq!(heard(&told), [Ok(7)]);
    }

    #[test]
    fn a_result_that_is_dropped_before_it_was_taken_is_reclaimed_once_and_not_under_the_lock() {
        let (completer, pending, left, look) = reclaimed();
        assert!(completer.complete(Ok(7)));
        assert_eq!(got(&left), []);
        drop(pending);
        assert_eq!(got(&left), [Some(Ok(7))]);
        assert_eq!(look.seen(), [true]);
    }

    #[test]
    fn a_result_that_was_taken_is_not_reclaimed() {
        let (completer, mut pending, left, _) = reclaimed();
        assert!(completer.complete(Ok(7)));
        assert_eq!(poll(&mut pending, Waker::noop()), Some(Ok(7)));
        drop(pending);
        assert_eq!(got(&left), []);

        let (completer, pending, left, _) = reclaimed();
        assert!(completer.complete(Ok(7)));
        assert_eq!(pending.try_take().map_err(drop), Ok(Ok(7)));
        assert_eq!(got(&left), []);

        let (completer, pending, left, _) = reclaimed();
        let told = Heard::default();
        let subscription = pending.subscribe(hear(&told));
        assert!(completer.complete(Ok(7)));
        subscription.cancel();
        assert_eq!((heard(&told), got(&left)), (vec![Ok(7)], vec![]));
    }

    #[test]
    fn who_is_gone_before_the_result_is_reported_once_and_not_under_the_lock() {
        for cancels in [false, true] {
            let (completer, mut pending, left, look) = reclaimed();
            if cancels {
                let subscription = pending.subscribe(hear(&Heard::default()));
                assert_eq!(got(&left), []);
                subscription.cancel();
            } else {
                assert_eq!(poll(&mut pending, Waker::noop()), None);
                drop(pending);
            }
            assert_eq!(got(&left), [None]);
            assert!(!completer.complete(Ok(7)));
            assert_eq!(got(&left), [None]);
            assert_eq!(look.seen(), [true]);
        }
    }

    #[test]
    fn what_the_host_discards_is_not_reported_to_it() {
        let (completer, pending, left, _) = reclaimed();
        completer.discard();
        drop(pending);
        assert_eq!(got(&left), []);
    }
}
